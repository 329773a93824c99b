import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { check, draw, read, seedOf, shares, type Lot } from '@/draw/rule'

// The server's own draws: seed, digest, and two draws of one population.
const golden = readFileSync(join(__dirname, '../../modules/oversight/rule/testdata/draw.txt'), 'utf8')
const [head = '', ...parts] = golden.split(/^draw /m)
const seed = /seed (\w+)/.exec(head)![1]!
const digest = /digest (\w+)/.exec(head)![1]!
const draws = parts.map((part) => {
  const [first = '', ...lines] = part.split('\n')
  const [size = '', stratified] = first.split(' ')
  return { size: Number(size), stratified: stratified === 'true', lots: read(lines.join('\n')) }
})
const published = (d: (typeof draws)[number]) => ({
  id: 'inspection',
  head: 'head\n2\nroot\n',
  seed,
  digest,
  population: d.lots.length,
  size: d.size,
  stratified: d.stratified,
})
const differing = async (d: (typeof draws)[number], lots: Lot[]) =>
  (await check(published(d), lots)).filter((s) => !s.same).map((s) => s.step)

describe('a draw that is made again', () => {
  it('has the server’s seed', async () => expect(await seedOf('head\n2\nroot\n', 'inspection')).toBe(seed))
  it('reads two draws', () => expect(draws.map((d) => d.lots.length)).toEqual([23, 23]))
  it.each(draws)('is the same, stratified: $stratified', async (d) => {
    expect(draw(d.lots, d.size, d.stratified)).toHaveLength(d.size)
    expect((await check(published(d), d.lots)).map((s) => s.step)).toEqual(['seed', 'count', 'digest', 'keys', 'drawn'])
    expect(await differing(d, d.lots)).toEqual([])
  })
  it('needs no ids', async () => {
    const bare = draws[1]!.lots.map((lot) => ({ ...lot, id: '' }))
    expect(await check(published(draws[1]!), bare)).toEqual(
      ['seed', 'count', 'drawn'].map((step) => ({ step, same: true })),
    )
  })
  it('tells what was changed', async () => {
    const d = draws[0]!
    const other = (change: (lot: Lot) => Lot) => d.lots.map(change)
    expect(await differing(d, d.lots.slice(1))).toContain('count')
    expect(
      await differing(
        d,
        other((lot) => ({ ...lot, id: lot.id === 'id-00' ? 'id-99' : lot.id })),
      ),
    ).toEqual(['digest', 'keys'])
    const [first, second] = [d.lots.find((l) => l.rank === 1)!, d.lots.find((l) => l.rank === 0)!]
    expect(
      await differing(
        d,
        other((l) => (l === first ? { ...l, rank: 0 } : l === second ? { ...l, rank: 1 } : l)),
      ),
    ).toEqual(['drawn'])
    expect((await check({ ...published(d), head: 'another' }, d.lots))[0]).toEqual({ step: 'seed', same: false })
  })
  it('divides by largest remainders', () => {
    const of = (sizes: Record<string, number>, n: number) =>
      Object.fromEntries(shares(new Map(Object.entries(sizes)), n))
    expect(of({ a: 5, b: 3, c: 2 }, 4)).toEqual({ a: 2, b: 1, c: 1 })
    expect(of({ a: 1, b: 1, c: 1 }, 2)).toEqual({ a: 1, b: 1, c: 0 })
    expect(of({ a: 2, b: 1 }, 9)).toEqual({ a: 2, b: 1 })
    expect(of({}, 3)).toEqual({})
  })
})
