import { camera } from '../camera'
import { el } from '../dom'
import type { Words } from './words'

/** Other ways to say which certificate: its code before the camera, a picture or PDF of it, opened on this device only. */
export function scanning(w: () => Words, take: (text: string) => void): HTMLElement[] {
  const look = camera(() => w().check, take)
  look.button.className = 'plain'
  const pick = el('input', {
    type: 'file',
    accept: 'application/pdf,image/*',
    hidden: '',
    'aria-label': w().check.pick,
  })
  const file = el('button', { type: 'button', class: 'plain' }, w().check.pick)
  file.addEventListener('click', () => pick.click())
  pick.addEventListener('change', async () => {
    const chosen = pick.files?.[0]
    pick.value = ''
    if (!chosen) return
    look.note.textContent = w().check.opening
    const { openDocument } = await import('../document')
    const codes = await openDocument(chosen).then(
      (opened) => opened.codes.filter((c) => /\/v\//i.test(c)),
      () => [],
    )
    look.note.textContent = codes.length === 1 ? '' : codes.length ? w().check.twoCodes : w().check.noCode
    if (codes.length === 1) take(codes[0]!)
  })
  return [look.video, el('div', { class: 'two' }, look.button, file), pick, look.note]
}
