import type { Keys, StatusList } from './judge'

/** Keys and status lists: from the network, else as this device last saw them. */
const API = '/api/v1/public'
const LIST = 100_000

async function fetched<T>(path: string): Promise<{ value?: T; fresh: boolean }> {
  const key = `verify${path}`
  try {
    const answer = await fetch(API + path, { headers: { Accept: 'application/json' } })
    if (!answer.ok) throw new Error(String(answer.status))
    const value = (await answer.json()) as T
    try {
      localStorage.setItem(key, JSON.stringify(value))
    } catch {
      /* a full or forbidden store only costs the next offline check */
    }
    return { value, fresh: navigator.onLine }
  } catch {
    try {
      return { value: (JSON.parse(localStorage.getItem(key) ?? 'null') as T | null) ?? undefined, fresh: false }
    } catch {
      return { fresh: false }
    }
  }
}
export const keys = () => fetched<Keys>('/keys')
export const listFor = async (place: number) =>
  (await fetched<StatusList>(`/status-lists/${Math.floor(place / LIST)}`)).value
