import { el } from '../dom'
import { fill, languageOf, type Language } from '../words'
import { asked, checkGrowth, checkInclusion, failed, type Growth, type Proof, type Published } from './check'
import { recall, type Memory } from './memory'
import { openHead, readFile, readLogKey } from './note'
import { code, note, outcome, save } from './parts'
import { scanning } from './scan'
import { witnessList, type Witness } from './witnesses'
import { wordsOf } from './words'

const moment = (at: string) => new Date(at).toLocaleString('sv-SE', { timeZone: 'Asia/Shanghai' }).slice(0, 16)

/** An answer that is no JSON, or a refusal, is told from one that says no. */
class Refused extends Error {
  constructor(readonly status: number) {
    super(String(status))
  }
}
async function ask<T>(path: string): Promise<T> {
  const answer = await fetch(`/api/v1/public/log/${path}`)
  if (!answer.ok) throw new Refused(answer.status)
  return (await answer.json()) as T
}
const growthFrom = (from: number) => ask<Growth>(`consistency?from=${from}`)

export function page(root: HTMLElement) {
  let language: Language = languageOf()
  const w = () => wordsOf(language)
  const given = new URLSearchParams(location.search).get('code') ?? ''

  /** Everything is shown anew in the other language, with what was typed. */
  async function show(typed: string) {
    document.documentElement.lang = language
    document.title = w().title
    const change = el('button', { type: 'button', class: 'language' }, w().other)
    const head = el('section', { class: 'card', id: 'head' }, el('h2', {}, w().now), el('p', {}, w().loading))
    const who = el('section', { class: 'card', id: 'witnesses' }, el('h2', {}, w().witnesses), el('p', {}, w().loading))
    const field = el('textarea', {
      rows: '2',
      maxlength: '4096',
      'aria-label': w().check.label,
      placeholder: w().check.label,
      spellcheck: 'false',
      autocapitalize: 'off',
    })
    field.value = typed
    change.addEventListener('click', () => {
      language = language === 'en' ? 'zh-CN' : 'en'
      try {
        localStorage.setItem('language', language)
      } catch {
        /* only this page then */
      }
      void show(field.value)
    })
    root.replaceChildren(
      el('header', {}, el('h1', {}, w().title), change),
      el('p', { class: 'lead' }, w().lead),
      certificate(field),
      head,
      kept(),
      who,
      explanation(),
      el('footer', {}, el('a', { href: '/verify' }, w().another)),
    )
    await fillIn(head, who)
  }

  async function fillIn(head: HTMLElement, who: HTMLElement) {
    try {
      const now = await ask<Published>('head')
      const memory = await recall(now, growthFrom, new Date()).catch(() => undefined)
      head.replaceChildren(el('h2', {}, w().now), ...(await facts(now)), ...remembered(memory))
      const { items } = await ask<{ items?: Witness[] | null }>('witnesses')
      const list = await witnessList(w(), items ?? [], now.verifier, moment, (held) =>
        checkGrowth(held, now.verifier, now, growthFrom),
      )
      who.replaceChildren(el('h2', {}, w().witnesses), ...list)
    } catch {
      const again = el('button', { type: 'button' }, w().retry)
      again.addEventListener('click', () => void fillIn(head, who))
      head.replaceChildren(el('h2', {}, w().now), el('p', { role: 'alert' }, w().unread), again)
      who.replaceChildren(el('h2', {}, w().witnesses), el('p', {}, w().unread))
    }
  }

  async function facts(now: Published): Promise<HTMLElement[]> {
    const key = await readLogKey(now.verifier)
    const signed = now.size === 0 || (key && (await openHead(now.note, key))?.size === now.size)
    const list = el('dl')
    const add = (label: string, value: HTMLElement | string) => list.append(el('dt', {}, label), el('dd', {}, value))
    add(w().size, fill(w().sizeIs, { n: now.size.toLocaleString('en') }))
    if (now.size > 0) {
      add(w().root, code(now.rootHash))
      add(w().signedAt, moment(now.at))
    }
    add(w().key, code(now.verifier))
    const sign = el('p', { class: signed ? 'yes' : 'no', 'data-signed': String(!!signed) })
    sign.append(signed ? w().holds : w().fails)
    const keep = el('button', { type: 'button', class: 'plain' }, w().keep)
    keep.addEventListener('click', () => save(`carecert-head-${now.size}.json`, `${JSON.stringify(now, null, 2)}\n`))
    return [list, sign, ...(now.size > 0 ? [keep] : [])]
  }

  function remembered(m: Memory | undefined): HTMLElement[] {
    if (!m) return []
    const good = m.state === 'first' || m.state === 'remembered'
    const values: Record<string, string> = 'at' in m ? { at: moment(m.at), n: m.size.toLocaleString('en') } : {}
    return [
      el(
        'p',
        { class: good ? 'hint' : 'no', 'data-memory': m.state, role: good ? 'note' : 'alert' },
        fill(w()[m.state], values),
      ),
    ]
  }

  function certificate(field: HTMLTextAreaElement) {
    const button = el('button', { type: 'submit' }, w().check.button)
    const result = el('div', { class: 'result' })
    const form = el(
      'form',
      {},
      el('h2', {}, w().check.title),
      field,
      el('p', { class: 'hint' }, w().check.hint),
      button,
      ...scanning(w, (text) => {
        field.value = text
        form.requestSubmit()
      }),
      result,
    )
    form.addEventListener('submit', async (e) => {
      e.preventDefault()
      if (!field.value.trim()) return
      button.disabled = true
      result.replaceChildren(el('p', { role: 'status' }, w().check.busy))
      result.replaceChildren(await inclusion(field.value))
      button.disabled = false
    })
    if (field.value) queueMicrotask(() => form.requestSubmit())
    return el('section', { class: 'card', id: 'certificate' }, form)
  }

  async function inclusion(input: string): Promise<HTMLElement> {
    const { code: public_ } = asked(input)
    const words = w().check
    try {
      const [proof, now] = await Promise.all([
        ask<Proof>(`proof?certificate=${encodeURIComponent(public_)}`),
        ask<Published>('head'),
      ])
      const steps = await checkInclusion(input, proof, now.verifier)
      const see = el('a', { href: `/v/${public_}` }, words.see)
      return outcome(w(), steps, [words.yes, words.yesWhy], words.no, el('p', {}, see))
    } catch (e) {
      if (e instanceof Refused && (e.status === 404 || e.status === 409 || e.status === 422))
        return note('unknown', words.unknown, words.unknownWhy)
      return note('offline', words.offline, '')
    }
  }

  function kept() {
    const words = w().kept
    const pick = el('input', {
      type: 'file',
      accept: '.json,.txt,application/json,text/plain',
      hidden: '',
      'aria-label': words.pick,
    })
    const button = el('button', { type: 'button', class: 'plain' }, words.pick)
    const result = el('div', { class: 'result' })
    button.addEventListener('click', () => pick.click())
    const take = async (file: File | undefined) => {
      if (!file) return
      result.replaceChildren(el('p', { role: 'status' }, w().check.busy))
      result.replaceChildren(await compared(file))
    }
    pick.addEventListener('change', () => void take(pick.files?.[0]))
    const place = el('div', { class: 'drop' }, el('p', { class: 'hint' }, words.hint), button, pick)
    for (const kind of ['dragenter', 'dragover'])
      place.addEventListener(kind, (e) => {
        e.preventDefault()
        place.classList.add('over')
      })
    place.addEventListener('dragleave', () => place.classList.remove('over'))
    place.addEventListener('drop', (e) => {
      e.preventDefault()
      place.classList.remove('over')
      void take(e.dataTransfer?.files[0])
    })
    return el('section', { class: 'card', id: 'kept' }, el('h2', {}, words.title), place, result)
  }

  async function compared(file: File): Promise<HTMLElement> {
    const words = w().kept
    const read = file.size < 1 << 20 ? readFile(await file.text()) : undefined
    if (!read) return note('unread', words.unread, '')
    try {
      const now = await ask<Published>('head')
      const steps = await checkGrowth(read.note, now.verifier, now, growthFrom)
      const n = steps[0]?.values.size ?? ''
      const by = read.witness && !failed(steps) && el('p', { class: 'hint' }, fill(words.of, { name: read.witness }))
      return outcome(w(), steps, [words.yes, fill(words.yesWhy, { n })], words.no, by || false)
    } catch {
      return note('offline', w().check.offline, '')
    }
  }

  function explanation() {
    const all = [w().why1, w().why2, w().why3, w().why4]
    return el(
      'section',
      { class: 'card', id: 'how' },
      el('h2', {}, w().how),
      ...all.map((text) => el('p', {}, text)),
      el('p', { class: 'hint' }, w().source),
    )
  }

  void show(given)
}
