import { moment } from '@/shared/format'
import { knows, say } from '@/shared/i18n'

/** One thing an entry tells: what it is, in words, and where it leads. */
export interface Told {
  label: string
  text: string
  to?: string
}

const id = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g
const instant = /\d{4}-\d\d-\d\dT[\d:.]+Z/g
const families = [
  'shared.role',
  'shared.kind',
  'people.roles',
  'certificates.family',
  'certificates.method',
  'imports.kinds',
  'imports.states',
  'audit.values',
  'acts',
  'people.educations',
  'people.genders',
]

/** Where the same word means another thing under this key. */
const under: Record<string, string[]> = {
  channel: ['audit.channels'],
  decision: ['oversight.decided'],
  education: ['people.educations'],
  field: ['privacy.fields'],
  finding: ['audit.keys'],
  gender: ['people.genders'],
  holder: ['audit.values'],
  idType: ['people.idTypes'],
  indicator: ['audit.values'],
  kind: ['imports.kinds', 'shared.kind', 'programmes.kinds', 'oversight.kinds', 'audit.keys', 'audit.values'],
  kinds: ['people.roles', 'audit.keys'],
  noun: ['audit.nouns'],
  outlook: ['hours.outlook'],
  result: ['audit.values', 'oversight.results'],
  state: ['audit.values'],
  status: ['certificates.status', 'imports.states', 'audit.values', 'oversight.statuses'],
  subject: ['oversight.subjects'],
  verb: ['acts'],
}
/** Who an entry is about beside its subject: these lead to a record. */
const ofPeople = ['person', 'personId', 'claimant', 'otherId']

/** A word of the program in the reader's language, where one of our lists has it. */
function said(word: string, key: string): string {
  const list = [...(under[key] ?? []), ...families].find((f) => knows(`${f}.${word}`))
  return list ? say(`${list}.${word}`) : word
}

export const isId = (text: string | undefined) => !!text && text.match(id)?.[0] === text
export const short = (of: string) => `…${of.slice(-6)}`

/** A value as people read it: no codes, no open ends of time, organisations by name. */
function value(raw: string, key: string, names: ReadonlyMap<string, string>): string {
  return raw
    .replace(id, (of) => names.get(of) ?? short(of))
    .replace(/(\d{4}-\d\d-\d\d)\/(\d{4}-\d\d-\d\d)/g, (_, from: string, to: string) =>
      say('shared.until', { from, to: to === '9999-12-31' ? say('shared.now') : to }),
    )
    .replace('9999-12-31', say('audit.open'))
    .replace(instant, (at) => moment(at))
    .split(' ')
    .map((w) => w.replace(/^(\[?)([A-Za-z][A-Za-z-]+)(\]?)$/, (_, _open, word: string) => said(word, key)))
    .join(' ')
}

/** What an entry tells beside who and what; ids that say nothing are left out. */
export function tell(detail: Readonly<Record<string, string>> | undefined, names: ReadonlyMap<string, string>): Told[] {
  return Object.entries(detail ?? {}).flatMap(([key, raw]) => {
    const plain = key.replace(/\d+$/, '')
    const label = knows(`audit.keys.${plain}`) ? say(`audit.keys.${plain}`) : plain
    if (raw === 'true' || raw === 'false') return [{ label, text: say(raw === 'true' ? 'audit.yes' : 'audit.no') }]
    if (raw.match(id)?.[0] === raw && !names.has(raw)) {
      if (!ofPeople.includes(plain)) return []
      return [{ label, text: short(raw), to: `/people/${raw}` }]
    }
    return [{ label, text: value(raw, plain, names).trim() }]
  })
}

/** The act in words, once where verb and noun say the same. */
export function act(verb: string, noun: string): string {
  const [did, of] = [named('acts', verb), named('audit.nouns', noun)]
  const letters = (s: string) => s.toLowerCase().replace(/[^\p{L}]/gu, '')
  return letters(did).includes(letters(of)) ? did : `${did} · ${of}`
}
function named(list: string, word: string): string {
  return knows(`${list}.${word}`) ? say(`${list}.${word}`) : word
}
export const nounWord = (noun: string) => named('audit.nouns', noun)
