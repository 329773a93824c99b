import { sha256 } from '@noble/hashes/sha2.js'

/** One of the population: its number, the key it is drawn by, its street, its place in the draw (0: not drawn). */
export interface Lot {
  number: number
  key: string
  stratum: string
  rank: number
  id: string
}

export interface Published {
  id: string
  head: string
  seed: string
  digest: string
  population: number
  size: number
  stratified: boolean
}

/** Reads a population as the server publishes it: a line a member, columns by TAB. */
export const read = (text: string): Lot[] =>
  text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [number = '', key = '', stratum = '', rank = '', id = ''] = line.split('\t')
      return { number: Number(number), key, stratum, rank: Number(rank), id }
    })

/** SHA-256 in hexadecimal: the browser's own, which it gives to secure pages only, else the library's. */
export async function digest(text: string): Promise<string> {
  const bytes = new TextEncoder().encode(text)
  const sum = globalThis.crypto?.subtle
    ? new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', bytes))
    : sha256(bytes)
  return [...sum].map((b) => b.toString(16).padStart(2, '0')).join('')
}

export const seedOf = (head: string, inspection: string) => digest(`${head.replace(/\n+$/, '')}\n${inspection}`)

const order = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
/** A sorted copy; toSorted is not known to older browsers. */
// oxlint-disable-next-line unicorn/no-array-sort
const sorted = <T>(all: Iterable<T>, by: (a: T, b: T) => number) => [...all].sort(by)
/** What was drawn, in the order of the draw. */
export const ranked = (lots: Lot[]) =>
  sorted(
    lots.filter((lot) => lot.rank),
    (a, b) => a.rank - b.rank,
  )

/** Divides n among strata by their sizes, by largest remainders; equal ones go by name. */
export function shares(sizes: Map<string, number>, n: number): Map<string, number> {
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  const all = Math.max(0, Math.min(n, total))
  const names = sorted(sizes.keys(), order)
  const out = new Map(names.map((name) => [name, Math.floor((all * sizes.get(name)!) / total)]))
  const left = all - [...out.values()].reduce((sum, share) => sum + share, 0)
  const rest = (name: string) => (all * sizes.get(name)!) % total
  for (const name of sorted(names, (a, b) => rest(b) - rest(a)).slice(0, left)) out.set(name, out.get(name)! + 1)
  return out
}

/** The numbers that are drawn, in the order of their keys. */
export function draw(lots: Lot[], n: number, stratified: boolean): number[] {
  const strata = new Map<string, Lot[]>()
  for (const lot of lots) {
    const name = stratified ? lot.stratum : ''
    const all = strata.get(name)
    if (all) all.push(lot)
    else strata.set(name, [lot])
  }
  const byKey = (a: Lot, b: Lot) => order(a.key, b.key) || order(a.id, b.id)
  const share = shares(new Map([...strata].map(([name, all]) => [name, all.length])), n)
  const drawn = [...share].flatMap(([name, size]) => sorted(strata.get(name)!, byKey).slice(0, size))
  return sorted(drawn, byKey).map((lot) => lot.number)
}

export type Step = 'seed' | 'count' | 'digest' | 'keys' | 'drawn'

/**
 * Draws again and lays every step beside what is published. Digest and keys
 * rest on the ids, which are told of institutions and sessions only.
 */
export async function check(p: Published, lots: Lot[]): Promise<{ step: Step; same: boolean }[]> {
  const out: { step: Step; same: boolean }[] = [
    { step: 'seed', same: (await seedOf(p.head, p.id)) === p.seed },
    { step: 'count', same: lots.length === p.population && lots.every((lot, i) => lot.number === i + 1) },
  ]
  if (lots.length && lots.every((lot) => lot.id)) {
    const list = lots.map((lot) => `${lot.id}\t${lot.stratum}\n`).join('')
    out.push({ step: 'digest', same: (await digest(list)) === p.digest })
    const keys = await Promise.all(lots.map((lot) => digest(p.seed + lot.id)))
    out.push({ step: 'keys', same: keys.every((key, i) => key === lots[i]!.key) })
  }
  const kept = ranked(lots)
  const anew = draw(lots, p.size, p.stratified)
  const same = anew.length === kept.length && anew.every((number, i) => number === kept[i]!.number)
  out.push({ step: 'drawn', same: same && kept.every((lot, i) => lot.rank === i + 1) })
  return out
}
