import { checkGrowth, failed, type Growth, type Published } from './check'

/** What this browser saw of the log last: so everybody who looks twice is a witness. */
interface Seen {
  note: string
  verifier: string
  size: number
  at: string
}
const KEY = 'issuance-log'

export function seen(): Seen | undefined {
  try {
    const kept = JSON.parse(localStorage.getItem(KEY) ?? '') as Seen
    return typeof kept.note === 'string' && typeof kept.verifier === 'string' ? kept : undefined
  } catch {
    return undefined
  }
}
function remember(now: Published, at: Date) {
  try {
    localStorage.setItem(
      KEY,
      JSON.stringify({ note: now.note, verifier: now.verifier, size: now.size, at: at.toISOString() } satisfies Seen),
    )
  } catch {
    /* then it is seen for the first time again */
  }
}

export type Memory = { state: 'first' } | { state: 'remembered' | 'rekeyed' | 'broken'; size: number; at: string }

/** Holds the log against what was seen before; what does not fit is not forgotten. */
export async function recall(
  now: Published,
  ask: (from: number) => Promise<Growth>,
  today: Date,
): Promise<Memory | undefined> {
  const before = seen()
  if (now.size === 0 && !before) return undefined
  if (!before) {
    remember(now, today)
    return { state: 'first' }
  }
  const told = { size: before.size, at: before.at }
  if (before.verifier !== now.verifier) return { state: 'rekeyed', ...told }
  if (failed(await checkGrowth(before.note, now.verifier, now, ask))) return { state: 'broken', ...told }
  remember(now, today)
  return { state: 'remembered', ...told }
}
