import '../shared/tokens.css'
import './verify.css'
import { camera } from './camera'
import { el, mark } from './dom'
import { offline, signature, type Keys, type Verdict } from '../shared/proof/judge'
import { keys, listFor } from '../shared/proof/known'
import { parse, type Facts } from '../shared/proof/payload'
import { fill, languageOf, wordsOf, type Language } from './words'

interface Answer {
  verdict: Verdict | 'undecided'
  facts: [string, string][]
  why: string
  next: string
  status: string
  code?: string
  successor?: string
  shown?: Showing
  /** What the text itself proves, and the class hours as the server tells them. */
  signed?: Facts
  classHours?: string
}
interface Showing {
  showing: string
  text: string
  why: string
}
interface Online {
  verdict: Verdict
  text: string
  statusAsOf: string
  holder?: { nameMasked: string }
  reason?: string
  changedOn?: string
  successorCode?: string
  facts?: {
    family: string
    title: string
    number: string
    publicCode: string
    issuerName: string
    issuedOn: string
    expiresOn?: string | null
    level?: number | null
    classHours?: string
  }
}

const families = ['', 'trainingCompletion', 'inServiceYear', 'contestAward', 'honour', 'skillLevel', 'qualification']
const local = (instant: string) => new Date(instant).toLocaleString('sv-SE', { timeZone: 'Asia/Shanghai' })

export function standalone(root: HTMLElement) {
  let language: Language = languageOf()
  let last = ''
  const w = () => wordsOf(language)

  function rows(f: {
    holder: string
    family: string
    title: string
    level: number
    hours: string
    issuer: string
    issuedOn: string
    expiresOn: string
    number: string
  }): [string, string][] {
    const all: [string, string][] = [
      [w().holder, f.holder],
      [w().certificate, w().family[f.family] ?? ''],
      [w().subject, f.title],
      [w().level, w().levels[String(f.level)] ?? ''],
      [w().minutes, f.hours],
      [w().issuer, f.issuer],
      [w().issuedOn, f.issuedOn],
      [w().expiresOn, f.expiresOn],
      [w().number, f.number],
    ]
    return all.filter(([, v]) => v)
  }
  const fromText = (f: Facts) =>
    rows({
      holder: f.nameMasked,
      family: String(f.family),
      title: f.title,
      level: f.level,
      hours: f.minutes ? fill(w().nMinutes, { n: String(f.minutes) }) : '',
      issuer: f.issuer,
      issuedOn: f.issuedOn,
      expiresOn: f.expiresOn,
      number: f.number || f.code,
    })

  async function online(text: string): Promise<Online | undefined> {
    try {
      const answer = await fetch('/api/v1/public/verifications', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Accept-Language': language },
        body: JSON.stringify({ qrText: text.slice(0, 4096) }),
      })
      return answer.ok ? ((await answer.json()) as Online) : undefined
    } catch {
      return undefined
    }
  }

  /** How a text with a live part came before us: the server tells, when it can. */
  async function showing(text: string): Promise<Showing | undefined> {
    const p = parse(text)
    if (!('ok' in p) || !p.ok.live) return undefined
    try {
      const answer = await fetch('/api/v1/public/presentations', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Accept-Language': language },
        body: JSON.stringify({ qrText: text }),
      })
      if (answer.ok) return (await answer.json()) as Showing
    } catch {
      /* said below */
    }
    return { showing: 'untold', text: w().untold, why: '' }
  }

  async function judge(text: string): Promise<Answer> {
    const [{ value, fresh }, told, shown] = await Promise.all([keys(), online(text), showing(text)])
    return { ...(await verdict(text, value, fresh, told)), shown }
  }

  async function verdict(
    text: string,
    value: Keys | undefined,
    fresh: boolean,
    told: Online | undefined,
  ): Promise<Answer> {
    const own = await signature(text, value, fresh)
    const words = (v: Answer['verdict']) => ({ verdict: v, why: w().why[v], next: w().next[v] })
    if (own.verdict === 'forged' || (told && own.verdict !== 'genuine')) {
      const verdict = own.verdict === 'forged' ? 'forged' : told!.verdict
      return {
        ...words(verdict),
        facts: [],
        status: told ? fill(w().online, { at: local(told.statusAsOf) }) : w().local,
      }
    }
    if (told && own.facts) {
      const f = told.facts
      const facts = f
        ? rows({
            holder: told.holder?.nameMasked ?? '',
            family: String(Math.max(0, families.indexOf(f.family))),
            title: f.title,
            level: f.level ?? 0,
            hours: f.classHours ? fill(w().nHours, { n: f.classHours }) : '',
            issuer: f.issuerName,
            issuedOn: f.issuedOn,
            expiresOn: f.expiresOn ?? '',
            number: f.number,
          })
        : fromText(own.facts)
      const since = told.changedOn && fill(w().reasonOn, { on: told.changedOn, why: told.reason ?? '' })
      const because = told.reason ? ` ${since || told.reason}` : ''
      void listFor(own.facts.status)
      return {
        ...words(told.verdict),
        why: w().why[told.verdict] + because,
        facts,
        status: `${fill(w().online, { at: local(told.statusAsOf) })} · ${w().local}`,
        code: own.facts.code,
        successor: told.successorCode,
        signed: own.facts,
        classHours: f?.classHours,
      }
    }
    const list = own.facts && (await listFor(own.facts.status))
    const off = await offline(text, value, list)
    const status = off.statusAsOf ? fill(w().listed, { at: local(off.statusAsOf) }) : off.facts ? w().unlisted : ''
    return { ...words(off.verdict), facts: off.facts ? fromText(off.facts) : [], status, signed: off.facts }
  }

  function card(a: Answer, tag: 'main' | 'section' = 'main') {
    const other = wordsOf(language === 'en' ? 'zh-CN' : 'en').word[a.verdict]
    const list = el('dl')
    for (const [i, [k, v]] of a.facts.entries())
      list.append(el('dt', {}, k), el('dd', i === 0 ? { class: 'name' } : {}, v))
    return el(
      tag,
      { class: `v ${a.verdict}`, 'data-verdict': a.verdict, role: 'status' },
      el(
        'div',
        { class: 'head' },
        mark(a.verdict),
        el('div', {}, el('h1', { id: 'word' }, w().word[a.verdict]), el('div', { class: 'other' }, other)),
      ),
      el(
        'div',
        { class: 'body' },
        el('p', {}, a.why),
        a.shown && a.verdict !== 'forged'
          ? el('p', { id: 'shown', 'data-kind': a.shown.showing }, el('b', {}, a.shown.text), ' ', a.shown.why)
          : undefined,
        a.facts.length > 0 && list,
        el('p', { class: 'hint' }, a.next),
        a.status
          ? el(
              'p',
              { class: 'hint' },
              a.status,
              a.code ? ' · ' : undefined,
              a.code ? el('a', { href: `/v/${a.code}` }, w().log) : undefined,
            )
          : undefined,
        a.successor
          ? el('p', {}, el('a', { href: `/v/${a.successor}` }, `${w().next.superseded} ${a.successor}`))
          : undefined,
      ),
    )
  }

  async function show(text: string) {
    last = text
    frame(
      el('main', { class: 'v unknown', role: 'status' }, el('div', { class: 'body' }, el('p', {}, `${w().checking}…`))),
    )
    frame(card(await judge(text)), again())
  }

  /** A file, opened on this device: what it says beside what its code has signed. */
  async function showFile(file: File) {
    last = ''
    const waiting = el('main', { class: 'v unknown', role: 'status' })
    waiting.append(el('div', { class: 'body' }, el('p', {}, `${w().document.opening}…`)))
    frame(waiting)
    const { certified } = await import('./certified')
    const parts = await certified(file, language, async (text) => {
      const a = await judge(text)
      return { verdict: a.verdict, card: card(a, 'section'), facts: a.signed, classHours: a.classHours }
    })
    frame(el('main', { class: 'documents' }, ...parts), again())
  }

  const again = () => {
    const b = el('button', { type: 'button', class: 'plain' }, w().another)
    b.addEventListener('click', () => {
      last = ''
      if (location.pathname !== '/verify' || location.hash) history.replaceState(null, '', '/verify')
      form()
    })
    return b
  }

  function form() {
    const box = el('textarea', {
      rows: '3',
      maxlength: '4096',
      placeholder: w().paste,
      'aria-label': w().paste,
      spellcheck: 'false',
      autocapitalize: 'off',
    })
    const send = el('button', { type: 'submit' }, w().check)
    const { video, button: scan, note } = camera(w, show)
    const pick = el('input', {
      type: 'file',
      accept: 'application/pdf,image/*',
      hidden: '',
      'aria-label': w().document.pick,
    })
    const file = el('button', { type: 'button', class: 'plain' }, w().document.pick)
    file.addEventListener('click', () => pick.click())
    pick.addEventListener('change', () => {
      if (pick.files?.[0]) void showFile(pick.files[0])
    })
    const f = el(
      'form',
      { class: 'card' },
      el('h1', { class: 'title' }, w().title),
      el('p', { class: 'quiet' }, w().intro),
      video,
      scan,
      note,
      box,
      send,
      el('hr'),
      file,
      pick,
      el('p', { class: 'hint' }, w().document.hint),
    )
    f.addEventListener('submit', (e) => {
      e.preventDefault()
      if (box.value.trim()) void show(box.value.trim())
    })
    frame(f)
  }

  function frame(...content: HTMLElement[]) {
    document.documentElement.lang = language
    document.title = w().title
    const change = el('button', { type: 'button', class: 'language' }, w().other)
    change.addEventListener('click', () => {
      language = language === 'en' ? 'zh-CN' : 'en'
      try {
        localStorage.setItem('language', language)
      } catch {
        /* only this page then */
      }
      if (last) void show(last)
      else form()
    })
    root.replaceChildren(...content, el('footer', {}, w().footer, ' ', change))
  }

  // What the checks without a network need is fetched while there is one.
  void keys()
  void listFor(0)

  // Opened without a network at a certificate's own address: its text is in the address.
  if (/^\/v\//i.test(location.pathname) || location.hash.length > 1) void show(location.href)
  else form()
}
