import type { Keys, StatusList } from './judge'

/** Keys and status lists: from the network, else as this device last saw them. */
const API = '/api/v1/public'
const LIST = 100_000

const place = (path: string) => `verify${path}`
const list = (of: number) => `/status-lists/${Math.floor(of / LIST)}`

/** As this device last saw it, without a look at the network. */
function kept<T>(path: string): T | undefined {
  try {
    return (JSON.parse(localStorage.getItem(place(path)) ?? 'null') as T | null) ?? undefined
  } catch {
    return undefined
  }
}
async function fetched<T>(path: string): Promise<{ value?: T; fresh: boolean }> {
  try {
    const answer = await fetch(API + path, { headers: { Accept: 'application/json' } })
    if (!answer.ok) throw new Error(String(answer.status))
    const value = (await answer.json()) as T
    try {
      localStorage.setItem(place(path), JSON.stringify(value))
    } catch {
      /* a full or forbidden store only costs the next offline check */
    }
    return { value, fresh: navigator.onLine }
  } catch {
    return { value: kept<T>(path), fresh: false }
  }
}
export const keys = () => fetched<Keys>('/keys')
export const keptKeys = () => kept<Keys>('/keys')
export const keptListFor = (of: number) => kept<StatusList>(list(of))
export const listFor = async (of: number) => (await fetched<StatusList>(list(of))).value
/** All there are, for a day without a network: so many lists, and the keys. */
export async function keepAll(lists: number) {
  const all = await Promise.all([
    keys(),
    ...Array.from({ length: lists }, (_, n) => fetched<StatusList>(list(n * LIST))),
  ])
  return all.every((x) => x.value)
}
