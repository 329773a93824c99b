import { onBeforeUnmount, onMounted, ref, watch, type Ref } from 'vue'
import { opening, type Shown } from './showing'

const EVERY = 2000
/** How long a sign stays on the screen: whoever scanned has to read it. */
const SHOWN = 45_000
/** A code that was scanned at the last moment is opened a little later. */
const LATE = 5000

export const partOf = (text: string) => /\/([0-9A-Z]{24})#/.exec(text)?.[1] ?? ''

/** The sign that whoever opened this phone's code was told, while it is to be compared. */
export function useOpening(id: () => string, live: Ref<Shown | undefined>) {
  const sign = ref('')
  const waiting = new Map<string, number>() // parts that were shown, until when they may be opened
  let since = 0
  watch(
    live,
    (shown) => {
      const part = shown && partOf(shown.text)
      if (part) waiting.set(part, shown.endsAt + LATE)
    },
    { immediate: true },
  )
  async function ask() {
    if (sign.value && Date.now() - since > SHOWN) sign.value = ''
    if (document.hidden) return
    for (const [part, until] of waiting) {
      if (until < Date.now()) waiting.delete(part)
      else {
        const found = await opening(id(), part).catch(() => undefined)
        if (!found?.opened) continue
        waiting.delete(part)
        sign.value = found.sign ?? ''
        since = Date.now()
      }
    }
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  let ended = false
  const again = async () => {
    await ask()
    if (!ended) timer = setTimeout(again, EVERY)
  }
  onMounted(again)
  onBeforeUnmount(() => {
    ended = true
    clearTimeout(timer)
  })
  return sign
}
