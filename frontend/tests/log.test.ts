import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { asked, checkGrowth, checkInclusion, failed, type Proof, type Published } from '@/verify/log/check'
import { countersigned, openHead, readFile, readLogKey, readWitnessKey } from '@/verify/log/note'
import { base64, follows, hashOf, leafHash, rootFrom, type Tree } from '@/verify/log/tree'

/** A log that Go made and checks (modules/witnesses/wire). */
const g = JSON.parse(
  readFileSync(join(__dirname, '..', '..', 'modules', 'witnesses', 'wire', 'testdata', 'log.json'), 'utf8'),
) as {
  verifier: string
  entries: string[]
  notes: string[]
  inclusion: string[][]
  consistency: Record<string, string[]>
  witness: string
  countersignature: string
}
const size = g.entries.length
const key = (await readLogKey(g.verifier))!
const heads = (await Promise.all(g.notes.map((n) => openHead(n, key)))) as Tree[]
const last = g.notes[size - 1]!
const proofOf = (i: number) => ({
  leafIndex: i,
  treeSize: size,
  leaf: g.entries[i]!,
  path: g.inclusion[i]!,
  note: last,
})
const now: Published = { size, rootHash: base64(heads[size - 1]!.root), note: last, at: '', verifier: g.verifier }

/** Bits are picked by a fixed rule, so that a failure can be seen again. */
let seed = 7
const pick = (n: number) => (seed = (seed * 48_271) % 2_147_483_647) % n
function flipped(hash: string): string {
  const raw = hashOf(hash)!
  raw[pick(32)]! ^= 1 << pick(8)
  return base64(raw)
}
const flipText = (s: string) => {
  const at = pick(s.length)
  return s.slice(0, at) + String.fromCharCode(s.charCodeAt(at) ^ (1 << pick(6))) + s.slice(at + 1)
}

describe('the log, as the browser checks it', () => {
  it('reads every head that Go signed', () => expect(heads.map((h) => h?.size)).toEqual(g.notes.map((_, i) => i + 1)))
  it('finds every entry', async () => {
    for (let i = 0; i < size; i++)
      expect(failed(await checkInclusion(`C${i}`, proofOf(i), g.verifier)), `entry ${i}`).toBeUndefined()
  })
  it('follows every growth', async () => {
    for (const [name, proof] of Object.entries(g.consistency)) {
      const [from = 0, to = 0] = name.split('-').map(Number)
      expect(await follows(heads[from - 1]!, heads[to - 1]!, proof.map(hashOf)), name).toBe(true)
    }
  })

  it('names the step that fails when one bit is another', async () => {
    const names = async (change: Partial<Proof>, i: number) =>
      failed(await checkInclusion(`C${i}`, { ...proofOf(i), ...change }, g.verifier))?.key
    for (let turn = 0; turn < 60; turn++) {
      const i = pick(size)
      const path = [...g.inclusion[i]!]
      const at = pick(path.length)
      path[at] = flipped(path[at]!)
      expect(await names({ path }, i)).toBe('path')
      expect(['leaf', 'path']).toContain(await names({ leaf: flipText(g.entries[i]!) }, i))
      expect(['head', 'path']).toContain(await names({ note: flipText(last) }, i))
      expect(await names({ leafIndex: (i + 1 + pick(size - 1)) % size }, i)).toBe('path')
      expect(await names({ path: g.inclusion[i]!.slice(1) }, i)).toBe('path')
    }
    expect(await names({ treeSize: size - 1 }, 0)).toBe('head')
    expect(await names({ leaf: g.entries[1]! }, 0)).toBe('leaf')
    expect(await names({ path: null }, 0)).toBe('path')
  })

  it('takes no growth of which one bit is another', async () => {
    for (const [name, proof] of Object.entries(g.consistency)) {
      const [from = 0, to = 0] = name.split('-').map(Number)
      const [earlier, later] = [heads[from - 1]!, heads[to - 1]!]
      const bent = (t: Tree) => ({ ...t, root: hashOf(flipped(base64(t.root)))! })
      expect(await follows(bent(earlier), later, proof.map(hashOf)), name).toBe(false)
      expect(await follows(earlier, bent(later), proof.map(hashOf)), name).toBe(false)
      if (!proof.length) continue
      const other = [...proof]
      const at = pick(other.length)
      other[at] = flipped(other[at]!)
      expect(await follows(earlier, later, other.map(hashOf)), name).toBe(false)
      expect(await follows(earlier, later, proof.slice(1).map(hashOf)), name).toBe(false)
      expect(await follows(earlier, later, [...proof, proof[0]!].map(hashOf)), name).toBe(false)
    }
  })

  it('holds a kept head against the log as it is now', async () => {
    const ask =
      (change = {}) =>
      async (from: number) => ({
        from,
        fromRootHash: base64(heads[from - 1]!.root),
        treeSize: size,
        path: g.consistency[`${from}-${size}`]!,
        note: last,
        ...change,
      })
    for (let n = 1; n <= size; n++)
      expect(failed(await checkGrowth(g.notes[n - 1]!, g.verifier, now, ask())), `head of ${n}`).toBeUndefined()
    const fails = async (note: string, at = now, change = {}) =>
      failed(await checkGrowth(note, g.verifier, at, ask(change)))?.key
    expect(await fails(flipText(g.notes[4]!))).toBe('kept')
    expect(await fails(last, { ...now, size: 5 })).toBe('shorter')
    expect(await fails(g.notes[4]!, now, { fromRootHash: flipped(base64(heads[4]!.root)) })).toBe('root')
    expect(await fails(g.notes[4]!, now, { path: [] })).toBe('growth')
    expect(await fails(g.notes[4]!, now, { note: g.notes[3] })).toBe('head')
  })

  it('knows countersignatures from others', async () => {
    const witness = (await readWitnessKey(g.witness))!
    const head = (await openHead(last, key))!
    expect((await countersigned(head, g.countersignature, witness))?.toISOString()).toBe('2026-06-18T01:00:00.000Z')
    for (let turn = 0; turn < 40; turn++)
      expect(await countersigned(head, flipText(g.countersignature.trimEnd()), witness)).toBeUndefined()
    expect(await countersigned((await openHead(g.notes[2]!, key))!, g.countersignature, witness)).toBeUndefined()
    expect(await readWitnessKey(g.verifier)).toBeUndefined()
    expect(await readLogKey(g.verifier.replace('a-log', 'b-log'))).toBeUndefined()
  })

  it('leads nowhere from what is no path', async () => {
    const leaf = await leafHash('x')
    expect(await rootFrom(0, 0, leaf, [])).toBeUndefined()
    expect(await rootFrom(-1, 3, leaf, [])).toBeUndefined()
    expect(await rootFrom(0, 1, leaf, [leaf])).toBeUndefined()
    expect(await rootFrom(0, 2, leaf, [undefined])).toBeUndefined()
  })

  it('reads what somebody keeps, and what somebody types', () => {
    expect(readFile(JSON.stringify({ note: last, witness: '档案馆' }))).toEqual({ note: last, witness: '档案馆' })
    expect(readFile(last)?.note).toBe(last)
    for (const none of ['', '{', '{"note":1}', 'a photograph']) expect(readFile(none)).toBeUndefined()
    expect(asked(' 0o1l-abcd ')).toEqual({ code: '0011ABCD' })
    expect(asked('https://cert.example.cn/v/ABCD1234')).toEqual({ code: 'ABCD1234' })
  })
})
