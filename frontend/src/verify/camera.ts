import { el } from './dom'

/** What the button and the note beside it say, in the language of the moment. */
export interface CameraWords {
  scan: string
  stop: string
  camera: string
}

/** A button that looks through the camera, with its picture and a note. Asked for only when it is pressed. */
export function camera(words: () => CameraWords, take: (text: string) => unknown) {
  const video = el('video', { playsinline: '', muted: '', hidden: '' })
  const button = el('button', { type: 'button' }, words().scan)
  const note = el('p', { class: 'hint', role: 'status' })
  let stop: AbortController | undefined
  button.addEventListener('click', async () => {
    if (stop) {
      stop.abort()
      return
    }
    const ended = (stop = new AbortController())
    button.textContent = words().stop
    video.hidden = false
    note.textContent = ''
    try {
      const { look } = await import('../shared/scan/reader')
      await take((await look(video, ended.signal)).trim())
    } catch (e) {
      if (!ended.signal.aborted) note.textContent = e instanceof Error ? words().camera : ''
    } finally {
      stop = undefined
      video.hidden = true
      button.textContent = words().scan
    }
  })
  return { video, button, note }
}
