import { el } from '../dom'
import { fill } from '../words'
import { failed, type Step } from './check'
import type { Words } from './words'

/** A head that nobody signed says nothing of itself. */
const told = (w: Words, s: Step) => (!s.holds && (s.key === 'head' || s.key === 'kept') ? w.unsigned : w.told[s.key])

/** What came of a check: in large words, then every step with what was laid beside what. */
export function outcome(w: Words, steps: Step[], yes: [string, string], no: string, ...more: (HTMLElement | false)[]) {
  const wrong = failed(steps)
  const at = wrong ? steps.indexOf(wrong) : -1
  return el(
    'div',
    { class: `outcome ${wrong ? 'bad' : 'good'}`, 'data-holds': wrong ? wrong.key : 'yes', role: 'status' },
    el('h3', {}, wrong ? no : yes[0]),
    el('p', {}, wrong ? fill(w.check.noWhy, { n: String(at + 1), step: w.steps[wrong.key] }) : yes[1]),
    el(
      'ol',
      { class: 'steps' },
      ...steps.map((s) =>
        el(
          'li',
          { 'data-step': s.key, 'data-holds': String(s.holds) },
          el('b', {}, w.steps[s.key]),
          el('span', { class: 'mark' }, s.holds ? w.holds : w.fails),
          el('p', { class: 'told' }, fill(told(w, s), s.values)),
        ),
      ),
    ),
    ...more,
  )
}

/** A plain word where nothing could be checked. */
export const note = (kind: string, title: string, text: string) =>
  el(
    'div',
    { class: 'outcome quiet', 'data-holds': kind, role: 'status' },
    el('h3', {}, title),
    text && el('p', {}, text),
  )

/** A value that may be taken along: hashes and keys. */
export const code = (text: string) => el('code', {}, text)

export function save(name: string, text: string) {
  const a = el('a', { href: URL.createObjectURL(new Blob([text], { type: 'application/json' })), download: name })
  a.click()
  setTimeout(() => URL.revokeObjectURL(a.href), 1000)
}
