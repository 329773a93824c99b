import { compare, type Comparison, type Known } from './compare'
import { openDocument, Unopened, type Opened } from './document'
import { el } from './dom'
import { parse, type Facts } from '../shared/proof/payload'
import { fill, wordsOf, type Language } from './words'

/** What the page knows of one code on a document, with its card. */
export interface Judged {
  verdict: string
  card: HTMLElement
  facts?: Facts
  classHours?: string
}
export type State = 'same' | 'differs' | 'picture' | 'twoCodes' | 'noCode' | 'unopened'

const paper = (families: Record<string, string>, family: number) => families[String(family)] ?? ''
function knownOf(f: Facts, classHours?: string): Known {
  const both = [wordsOf('zh-CN'), wordsOf('en')]
  const levels: Record<string, string[]> = {}
  for (const n of ['1', '2', '3', '4', '5']) levels[n] = both.map((w) => w.levels[n] ?? '').filter(Boolean)
  return { families: both.map((w) => paper(w.family, f.family)).filter(Boolean), levels, classHours }
}

/** Opens a file and holds what it says against what its QR code has signed: the whole page for it. */
export async function certified(
  file: File,
  language: Language,
  judge: (text: string) => Promise<Judged>,
): Promise<HTMLElement[]> {
  const w = wordsOf(language)
  const said = (state: State, text: string, ...more: (HTMLElement | undefined | false)[]) =>
    el(
      'section',
      { class: `card document ${state}`, 'data-document': state, role: 'status' },
      el('h2', {}, w.document.word[state]),
      el('p', {}, text),
      ...more,
    )
  let opened: Opened
  try {
    opened = await openDocument(file)
  } catch (e) {
    return [said('unopened', w.document.trouble[e instanceof Unopened ? e.why : 'unreadable'])]
  }
  const picture = el('figure', { class: 'picture' }, opened.picture)
  opened.picture.setAttribute('role', 'img')
  opened.picture.setAttribute('aria-label', file.name)
  const codeSays = el('h2', { class: 'says' }, w.document.codeSays)
  const ours = opened.codes.filter((c) => !('not' in parse(c)) || /\/v\//i.test(c))
  const [code] = ours
  if (!code) return [said('noCode', w.document.why.noCode), picture]
  if (ours.length > 1) {
    const cards = await Promise.all(ours.map(async (c) => (await judge(c)).card))
    return [said('twoCodes', fill(w.document.why.twoCodes, { n: String(ours.length) })), picture, codeSays, ...cards]
  }
  const judged = await judge(code)
  if (!judged.facts) return [judged.card, picture]
  if (opened.lines.length === 0) return [said('picture', w.document.why.picture), picture, codeSays, judged.card]
  const c = compare(judged.facts, opened.lines, knownOf(judged.facts, judged.classHours))
  const apart = c.facts.filter((f) => !f.found).length
  const state: State = apart ? 'differs' : 'same'
  return [
    said(state, fill(w.document.why[state], { n: String(apart) }), table(c, language), unsigned(c, language)),
    codeSays,
    judged.card,
    picture,
    el(
      'details',
      { class: 'card' },
      el('summary', {}, w.document.text),
      ...opened.lines.map((line) => el('p', { class: 'line' }, line)),
    ),
  ]
}

function table(c: Comparison, language: Language) {
  const w = wordsOf(language)
  return el(
    'ul',
    { class: 'compared' },
    ...c.facts.map((f) =>
      el(
        'li',
        { 'data-field': f.key, 'data-found': String(f.found) },
        el('span', {}, w[f.key]),
        el('b', {}, f.found ? w.document.found : w.document.missing),
      ),
    ),
  )
}

function unsigned(c: Comparison, language: Language) {
  const w = wordsOf(language)
  return c.unsigned.length > 0 && el('p', { class: 'hint' }, fill(w.document.unsigned, { what: c.unsigned.join('、') }))
}
