import { createApp, h, nextTick, ref, type App } from 'vue'
import { afterEach, expect, it, vi } from 'vitest'
import { Refusal } from '@/shared/api'
import { i18n } from '@/shared/i18n'
import FormDialog from '@/shared/ui/FormDialog.vue'

let app: App | undefined
afterEach(() => {
  app?.unmount()
  document.body.replaceChildren()
})

/** A dialog with one field, opened by what it returns. */
function dialog(act: () => Promise<unknown>) {
  const shown = ref(false)
  const ready = ref(true)
  const name = ref('')
  const filled = vi.fn(() => void (name.value = 'filled'))
  const made = vi.fn()
  app = createApp({
    setup: () => () =>
      h(
        FormDialog,
        {
          modelValue: shown.value,
          'onUpdate:modelValue': (is: boolean) => (shown.value = is),
          title: 'Title',
          ready: ready.value,
          act,
          onOpen: filled,
          onDone: made,
        },
        { default: ({ problem }: { problem: unknown }) => h('output', problem ? 'refused' : name.value) },
      ),
  })
  app.use(i18n).mount(document.body.appendChild(document.createElement('div')))
  const field = () => document.querySelector('output')?.textContent
  const send = () => document.querySelector<HTMLButtonElement>('.el-button--primary')!
  return { shown, ready, filled, made, field, send }
}

it('fills its fields when it opens, closes when it succeeded, and hands on what came back', async () => {
  const d = dialog(async () => 'made')
  expect(d.filled).not.toHaveBeenCalled()
  d.shown.value = true
  await vi.waitFor(() => expect(d.field()).toBe('filled'))
  d.send().click()
  await vi.waitFor(() => expect(d.made).toHaveBeenCalledWith('made'))
  expect(d.shown.value).toBe(false)
  expect(d.filled).toHaveBeenCalledTimes(1)
})

it('stays open with what was refused, and has forgotten it when it opens again', async () => {
  const d = dialog(async () => {
    throw new Refusal({ title: 'no', detail: 'not so', status: 422 } as never)
  })
  d.shown.value = true
  await vi.waitFor(() => expect(d.field()).toBe('filled'))
  d.send().click()
  await vi.waitFor(() => expect(document.querySelector('[role=alert]')?.textContent).toContain('not so'))
  expect(d.field()).toBe('refused')
  expect(d.shown.value).toBe(true)
  expect(d.made).not.toHaveBeenCalled()
  d.shown.value = false
  await nextTick()
  d.shown.value = true
  await vi.waitFor(() => expect(document.querySelector('[role=alert]')).toBeNull())
})

it('is not sent by Enter while it is not ready, nor twice at once', async () => {
  let over!: () => void
  const act = vi.fn(() => new Promise<void>((r) => (over = r)))
  const d = dialog(act)
  d.ready.value = false
  d.shown.value = true
  await vi.waitFor(() => expect(d.field()).toBe('filled'))
  const form = document.querySelector('form')!
  const enter = () => form.dispatchEvent(new Event('submit', { cancelable: true }))
  enter()
  expect(act).not.toHaveBeenCalled()
  d.ready.value = true
  await nextTick()
  enter()
  enter()
  expect(act).toHaveBeenCalledTimes(1)
  over()
  await vi.waitFor(() => expect(d.shown.value).toBe(false))
})
