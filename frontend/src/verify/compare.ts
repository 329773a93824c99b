import type { Facts } from '../shared/proof/payload'

/** A signed fact, and whether the document says the same. */
export interface Compared {
  key: 'holder' | 'certificate' | 'subject' | 'level' | 'minutes' | 'issuer' | 'issuedOn' | 'expiresOn' | 'number'
  found: boolean
}
export interface Comparison {
  facts: Compared[]
  /** Dates, numbers and levels that stand in the document and were not signed. */
  unsigned: string[]
}

/** In any spacing and width: 四级 / 中级工 is 四级/中级工. */
export const plain = (s: string) => s.normalize('NFKC').replace(/\s+/g, '')
const escaped = (s: string) => s.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** The QR code shortens long names (…); what stands before is signed. */
const start = (s: string) => plain(s.replace(/…$/u, ''))

/** 王*兰 stands for one character between, six stars for six or more. */
function masked(name: string): RegExp {
  const runes = [...plain(name.replace(/…$/u, ''))]
  const stars = runes.filter((r) => r === '*').length
  const [head = '', tail = ''] = runes.join('').split(/\*+/)
  return new RegExp(`${escaped(head)}[\\p{L}·•]${stars >= 6 ? '{6,}' : `{${stars}}`}${escaped(tail)}`, 'u')
}

const DAY = /(\d{4})[-./\u5e74](\d{1,2})[-./\u6708](\d{1,2})\u65e5?/gu
const days = (text: string): { text: string; day: string }[] =>
  [...text.matchAll(DAY)].map(([all, y, m, d]) => ({
    text: all,
    day: `${y}-${m!.padStart(2, '0')}-${d!.padStart(2, '0')}`,
  }))

/** Class hours as certificates print them: 4.00 is 4. */
const figure = (n: string) => n.replace(/\.?0+$/, '')

export interface Known {
  /** What the family and the levels are called on paper, in each language. */
  families: string[]
  levels: Record<string, string[]>
  /** Class hours as the server tells them; else they are counted by 45 minutes. */
  classHours?: string
}

/** Holds the text of a document against what its QR code has signed. */
export function compare(f: Facts, lines: string[], known: Known): Comparison {
  const text = lines.map(plain).join('\n')
  const running = plain(text) // what is long goes on in the next line
  const has = (...words: string[]) => words.some((w) => w !== '' && running.includes(plain(w)))
  const dates = days(text)
  const on = (day: string) => dates.some((d) => d.day === day)
  const hours = figure(known.classHours ?? (Math.floor((f.minutes * 100) / 45) / 100).toFixed(2))
  const hoursSaid = new RegExp(
    `(^|[^\\d.])(${escaped(hours)}${hours.includes('.') ? '0*' : '(\\.0+)?'}|${f.minutes})([^\\d.]|\\.[^\\d]|$)`,
  )
  const facts: [Compared['key'], boolean, boolean][] = [
    ['holder', f.nameMasked !== '', masked(f.nameMasked).test(text)],
    ['certificate', known.families.length > 0, has(...known.families)],
    ['subject', f.title !== '', has(start(f.title))],
    ['level', f.level > 0, has(...(known.levels[String(f.level)] ?? []))],
    ['minutes', f.minutes > 0, hoursSaid.test(text.replace(DAY, ' '))],
    ['issuer', f.issuer !== '', has(start(f.issuer))],
    ['issuedOn', f.issuedOn !== '', on(f.issuedOn)],
    ['expiresOn', f.expiresOn !== '', on(f.expiresOn)],
    ['number', f.number !== '', has(f.number)],
  ]
  const unsigned = new Set<string>()
  for (const d of dates) if (d.day !== f.issuedOn && d.day !== f.expiresOn) unsigned.add(d.text)
  for (const [n] of text.matchAll(/(?<![\dA-Z])(?:\d{4}-\d{4}-\d{5}|[A-Z]\d{21}|\d{16})(?!\d)/gu))
    if (n !== plain(f.number)) unsigned.add(n)
  if (f.level > 0)
    for (const [level, words] of Object.entries(known.levels))
      if (level !== String(f.level)) for (const w of words) if (text.includes(plain(w))) unsigned.add(w)
  return {
    facts: facts.filter(([, signed]) => signed).map(([key, , found]) => ({ key, found })),
    unsigned: [...unsigned],
  }
}
