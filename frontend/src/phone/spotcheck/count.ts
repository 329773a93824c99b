/**
 * What was found at an inspection on the spot, counted as the server counts it
 * (modules/spotchecks/rule, whose testdata the tests read): nobody twice,
 * whatever the order.
 */
export type Verdict = 'genuine' | 'expired' | 'superseded' | 'revoked' | 'forged' | 'unknown' | 'undecided'
export interface Member {
  person: string
  name: string
  posts: string[]
  counted: boolean
  certified: boolean
  level: number
  codes: string[]
  verdicts: Record<string, Verdict>
}
export interface Entry {
  how: 'scanned' | 'tapped' | 'added'
  person?: string
  text?: string
  code?: string
  verdict?: Verdict
  called?: string
  at: string
  showing?: 'live' | 'static'
  remark?: string
}
export interface Counts {
  roster: number
  present: number
  onRoster: number
  certified: number
  notOnBooks: number
  absent: number
  others: number
  showings: Partial<Record<Verdict, number>>
}
export type Standing = 'onRoster' | 'notOnBooks' | 'other' | 'nobody'
type Countable = Omit<Entry, 'at'>
type Counted = Pick<Member, 'person' | 'counted' | 'certified' | 'codes'>

/** What this house signed says who somebody is, also when it counts no more. */
const naming: (Verdict | undefined)[] = ['genuine', 'expired', 'superseded', 'revoked']
export const tidy = (name: string) => name.trim().split(/\s+/).join(' ')

/** Who an entry is, and what they count for; nobody for a showing that names none. */
export function subject(members: readonly Counted[], e: Countable): { who?: string; as: Standing } {
  if (e.how === 'added') return { who: `added:${tidy(e.called ?? '')}`, as: 'notOnBooks' }
  if (e.how === 'scanned' && !naming.includes(e.verdict)) return { as: 'nobody' }
  const m = members.find((x) => (e.how === 'tapped' ? x.person === e.person : !!e.code && x.codes.includes(e.code)))
  if (m) return { who: `person:${m.person}`, as: m.counted ? 'onRoster' : 'other' }
  return { who: e.how === 'tapped' ? `person:${e.person}` : `code:${e.code}`, as: 'notOnBooks' }
}

/** Everybody who was met, once, with what they count for. */
export function met(members: readonly Counted[], entries: readonly Countable[]): Map<string, Standing> {
  const out = new Map<string, Standing>()
  for (const e of entries) {
    const { who, as } = subject(members, e)
    if (who) out.set(who, as)
  }
  return out
}

export function count(members: readonly Counted[], entries: readonly Countable[]): Counts {
  const texts = new Map<string, Verdict>()
  for (const e of entries) {
    if (e.how !== 'scanned' || !e.verdict) continue
    const before = texts.get(e.text ?? '')
    texts.set(e.text ?? '', before && before > e.verdict ? before : e.verdict)
  }
  const people = met(members, entries)
  const of = (as: Standing) => [...people.values()].filter((x) => x === as).length
  const roster = members.filter((m) => m.counted).length
  const [onRoster, notOnBooks] = [of('onRoster'), of('notOnBooks')]
  const showings: Counts['showings'] = {}
  for (const v of texts.values()) showings[v] = (showings[v] ?? 0) + 1
  return {
    roster,
    present: onRoster + notOnBooks,
    onRoster,
    certified: members.filter((m) => m.counted && m.certified && people.has(`person:${m.person}`)).length,
    notOnBooks,
    absent: roster - onRoster,
    others: of('other'),
    showings,
  }
}

/** Of the roster, whom nobody has met. */
export const absent = <M extends Counted>(members: readonly M[], entries: readonly Countable[]): M[] => {
  const people = met(members, entries)
  return members.filter((m) => m.counted && !people.has(`person:${m.person}`))
}
