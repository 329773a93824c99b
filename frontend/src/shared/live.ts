import { onBeforeUnmount, ref } from 'vue'
import { PREFIX } from './api'

/**
 * Follows a stream of the API (server-sent events) while the component lives.
 * The browser comes again by itself and says what it has seen last; only a
 * refusal ends that, and then we ask again ourselves.
 */
export function useLive<T>(path: string, hear: (news: T) => void) {
  const lost = ref(false)
  let source: EventSource
  let again: ReturnType<typeof setTimeout> | undefined
  const open = () => {
    source = new EventSource(PREFIX + path)
    source.addEventListener('news', (e) => {
      lost.value = false
      hear(JSON.parse((e as MessageEvent<string>).data) as T)
    })
    source.addEventListener('open', () => {
      lost.value = false
    })
    source.addEventListener('error', () => {
      lost.value = true
      if (source.readyState === EventSource.CLOSED) again = setTimeout(open, 3000)
    })
  }
  open()
  onBeforeUnmount(() => {
    clearTimeout(again)
    source.close()
  })
  return { lost }
}
