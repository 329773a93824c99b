import { ref } from 'vue'
import { Refusal, type Schemas } from '@/shared/api'
import { person, readSession, user } from '@/shared/session'
import { checkInTo, type Scan } from '../api'
import { explain } from '../explain'
import { wallet } from '../wallet'
import { put, readAll, remove } from './store'

/** A scan that was made without a network. The code tells its time; the phone's own clock is shown and never sent. */
export interface Kept extends Scan {
  id: string
  person: string
  session: string
  title?: string
  at: string
  outcome?: { taken?: Schemas['TrainingCheckInView']; why?: string }
}

/** Whose phone this is, also without a network. */
export const owner = () => person.value ?? wallet.value?.person

export const kept = ref<Kept[]>([])
export const sending = ref(false)

export async function reload() {
  const all = await readAll<Kept>('scans').catch(() => [] as Kept[])
  kept.value = all.filter((k) => k.person === owner()).toSorted((a, b) => a.at.localeCompare(b.at))
}

export async function keepScan(scan: Omit<Kept, 'id' | 'person' | 'at'>) {
  const twin = kept.value.find((k) => !k.outcome && k.session === scan.session && k.direction === scan.direction)
  if (!twin)
    await put(
      'scans',
      JSON.parse(JSON.stringify({ ...scan, id: crypto.randomUUID(), person: owner(), at: new Date().toISOString() })),
    )
  await reload()
}

export async function drop(id: string) {
  await remove('scans', id)
  await reload()
}

/** Whether to try again later: the network, the server's trouble, or a session that has to be renewed. */
const passing = (e: unknown) =>
  !(e instanceof Refusal) || e.status === 0 || e.status >= 500 || [401, 403, 429].includes(e.status)

async function sendAll() {
  await reload()
  const waiting = kept.value.filter((k) => !k.outcome)
  if (!waiting.length) return
  if (!user.value && !(await readSession())) return
  for (const k of waiting) {
    if (k.person !== person.value) continue
    const { code, direction, location, device } = k
    let outcome: Kept['outcome']
    try {
      outcome = { taken: await checkInTo(k.session, { code, direction, location, device, offline: true }) }
    } catch (e) {
      if (passing(e)) return
      outcome = { why: explain(e) }
    }
    await put('scans', JSON.parse(JSON.stringify({ ...k, outcome })))
  }
}

/** Sends what waits, in the order in which it was scanned, from one window at a time. */
export async function send() {
  if (sending.value) return
  sending.value = true
  try {
    await (navigator.locks ? navigator.locks.request('carecert-scans', sendAll) : sendAll())
  } catch {
    // the network, or no database: it goes on waiting
  } finally {
    sending.value = false
    await reload()
  }
}
