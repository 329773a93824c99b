import { ref } from 'vue'
import { Refusal, type Schemas } from '@/shared/api'
import { readSession, user } from '@/shared/session'
import { keepAll } from '@/shared/proof/known'
import { explain } from '../explain'
import { sign } from '../offline/device'
import { put, readAll, remove } from '../offline/store'
import { sendResult, take } from './api'
import { count, type Counts, type Entry, type Member } from './count'

export interface Pack {
  format: string
  check: string
  institution: { id: string; name: string }
  at: string
  until: string
  entriesMost: number
  statusLists: number
  members: Member[]
}
/** An inspection on this phone: its roster until it is signed, what was signed until it is sent. */
export interface Kept {
  id: string
  user: string
  name: string
  until: string
  hash: string
  pack?: Pack
  entries: Entry[]
  signed?: { text: string; signature: string; counts: Counts; at: string }
  sent?: { at: string; counts: Schemas['SpotchecksCountsView']; differing: number }
  refused?: string
}

const format = 'carecert spot check 1'
export const kept = ref<Kept[]>([])
export const sending = ref(false)

/** Reads what is kept; a roster whose time is over is removed, and a note of what was sent, too. */
export async function reload(now = Date.now()) {
  const all = await readAll<Kept>('checks').catch(() => [] as Kept[])
  const over = all.filter((k) => Date.parse(k.until) < now && (!k.signed || !!k.sent))
  for (const k of over) await remove('checks', k.id)
  const me = user.value?.id
  kept.value = all
    .filter((k) => !over.includes(k) && (!me || k.user === me))
    .toSorted((a, b) => b.until.localeCompare(a.until))
}
export const keptOne = (id: string) => kept.value.find((k) => k.id === id)

async function save(k: Kept) {
  await put('checks', JSON.parse(JSON.stringify(k)))
  await reload()
}

const hex = (raw: ArrayBuffer) => [...new Uint8Array(raw)].map((b) => b.toString(16).padStart(2, '0')).join('')

/** Loads a roster onto the phone, with the keys and lists that codes are judged by. */
export async function load(id: string): Promise<'loaded' | 'noKey' | 'notKept'> {
  const given = await take(id)
  if (!given) return 'noKey'
  const hash = hex(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(given.pack)))
  if (hash !== given.check.packHash) return 'notKept'
  const pack = JSON.parse(given.pack) as Pack
  if (!(await keepAll(pack.statusLists))) return 'notKept'
  if (!('BarcodeDetector' in globalThis)) await fetch('/assets/zxing_reader.wasm').catch(() => undefined) // kept for later
  const k: Kept = {
    id,
    user: user.value?.id ?? '',
    name: pack.institution.name,
    until: pack.until,
    hash,
    pack,
    entries: [],
  }
  await save(k)
  return 'loaded'
}

/** One change after the other, each on what the last one left: two quick taps are two entries. */
let last: Promise<unknown> = Promise.resolve()
function change(id: string, made: (before: Entry[]) => Entry[]): Promise<void> {
  const done = last.then(async () => {
    const k = keptOne(id)
    if (k) await save({ ...k, entries: made(k.entries) })
  })
  last = done.catch(() => undefined)
  return done
}
export const enter = (k: Kept, e: Omit<Entry, 'at'>) =>
  change(k.id, (before) => [...before, { ...e, at: moment(before) }])
export const takeBack = (k: Kept, at: string) => change(k.id, (before) => before.filter((e) => e.at !== at))

/** Now, or the millisecond after the last entry: an entry is known by its moment. */
const moment = (before: Entry[]) =>
  new Date(Math.max(Date.now(), ...before.map((e) => Date.parse(e.at) + 1))).toISOString()

/** What was found, signed by the phone's key; the roster leaves the phone. */
export async function close(k: Kept): Promise<boolean> {
  if (!k.pack) return false
  const counts = count(k.pack.members, k.entries)
  const at = new Date().toISOString()
  const text = JSON.stringify({ format, check: k.id, packHash: k.hash, entries: k.entries, counts, signedAt: at })
  const proof = await sign(format, text)
  if (!proof) return false
  await save({ ...k, pack: undefined, entries: [], signed: { text, signature: proof.signature, counts, at } })
  return true
}

export async function drop(id: string) {
  await remove('checks', id)
  await reload()
}

const passing = (e: unknown) =>
  !(e instanceof Refusal) || e.status === 0 || e.status >= 500 || [401, 403, 429].includes(e.status)

async function sendAll() {
  await reload()
  const waiting = kept.value.filter((k) => k.signed && !k.sent && !k.refused)
  if (!waiting.length) return
  if (!user.value && !(await readSession())) return
  for (const k of waiting) {
    if (k.user !== user.value?.id) continue
    try {
      const { outcome } = await sendResult(k.id, k.signed!.text, k.signed!.signature)
      if (!outcome) continue
      await save({
        ...k,
        signed: { ...k.signed!, text: '', signature: '' },
        sent: { at: outcome.receivedAt, counts: outcome.counts, differing: outcome.differing },
      })
    } catch (e) {
      if (passing(e)) return
      await save({ ...k, refused: explain(e) })
    }
  }
}

/** Sends what is signed, from one window at a time; again and again gives the same. */
export async function send() {
  if (sending.value) return
  sending.value = true
  try {
    await (navigator.locks ? navigator.locks.request('carecert-checks', sendAll) : sendAll())
  } catch {
    // the network, or no database: it goes on waiting
  } finally {
    sending.value = false
    await reload()
  }
}
export const waiting = () => kept.value.some((k) => k.signed && !k.sent && !k.refused)
