import { onBeforeUnmount, onMounted } from 'vue'

/**
 * A chooser keeps Esc to itself even when it is shut, and the dialog around it
 * stays open. There the key is handed on, as if it had been pressed outside.
 */
export function useEscape() {
  function hand(e: KeyboardEvent) {
    const field = e.target
    if (e.key !== 'Escape' || !(field instanceof HTMLElement) || !field.closest('.el-dialog')) return
    const chooser = field.closest('.el-select, .el-date-editor')
    if (!chooser || field.getAttribute('aria-expanded') === 'true') return
    e.stopImmediatePropagation()
    field.blur()
    document.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', code: 'Escape', bubbles: true }))
  }
  onMounted(() => addEventListener('keydown', hand, { capture: true }))
  onBeforeUnmount(() => removeEventListener('keydown', hand, { capture: true }))
}
