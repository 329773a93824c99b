import { el } from '../dom'
import { fill } from '../words'
import { type Step } from './check'
import { countersigned, openHead, readLogKey, readWitnessKey } from './note'
import { outcome } from './parts'
import type { Words } from './words'

export interface Witness {
  name: string
  kind: 'bureau' | 'folder' | 'mail' | 'hand'
  verifier?: string
  held: null | { size: number; note: string; at: string; countersignature?: string }
}

/** Whether the witness's countersignature is its own; undefined where it makes none. */
async function seal(of: Witness, log: string): Promise<boolean | undefined> {
  if (!of.verifier || !of.held) return undefined
  const [key, witness] = await Promise.all([readLogKey(log), readWitnessKey(of.verifier)])
  const head = key && (await openHead(of.held.note, key))
  return !!head && !!witness && !!(await countersigned(head, of.held.countersignature ?? '', witness))
}

/** Who keeps heads, what each acknowledged last, and whether the log goes on from it. */
export async function witnessList(
  w: Words,
  all: Witness[],
  log: string,
  moment: (at: string) => string,
  compare: (note: string) => Promise<Step[]>,
): Promise<HTMLElement[]> {
  if (!all.length) return [el('p', {}, w.none)]
  const rows = await Promise.all(
    all.map(async (x) => {
      const genuine = await seal(x, log)
      const row = el(
        'li',
        { 'data-witness': x.name },
        el('b', {}, x.name),
        el('span', { class: 'hint' }, w.kinds[x.kind]),
        el(
          'span',
          {},
          x.held ? fill(w.holding, { at: moment(x.held.at), n: x.held.size.toLocaleString('en') }) : w.nothing,
        ),
      )
      if (genuine !== undefined)
        row.append(
          el(
            'span',
            { class: genuine ? 'yes' : 'no', 'data-seal': String(genuine) },
            genuine ? w.countersigned : w.uncountersigned,
          ),
        )
      const held = x.held
      if (held) {
        const button = el('button', { type: 'button', class: 'link' }, w.compare)
        const result = el('div', { class: 'result' })
        button.addEventListener('click', async () => {
          button.disabled = true
          try {
            const steps = await compare(held.note)
            const yes = fill(w.kept.yesWhy, { n: String(held.size) })
            result.replaceChildren(outcome(w, steps, [w.kept.yes, yes], w.kept.no))
          } catch {
            result.replaceChildren(el('p', { role: 'alert' }, w.check.offline))
          }
          button.disabled = false
        })
        row.append(button, result)
      }
      return row
    }),
  )
  return [el('p', { class: 'hint' }, w.witnessesHint), el('ul', { class: 'witnesses' }, ...rows)]
}
