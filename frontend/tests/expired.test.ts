import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { offline, type Keys, type StatusList } from '@/shared/proof/judge'

// Signed by the program: the last day is 17 October 2026, the list of 18 October, 08:00 in Shanghai.
const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../modules/certificates/verify/testdata/expiring.json'), 'utf8'),
) as { text: string; keys: Keys; list: StatusList }
const judged = async (now: string, list?: StatusList) =>
  (await offline(golden.text, golden.keys, list, new Date(`${now}+08:00`))).verdict

describe('a certificate with a last day, checked in the browser', () => {
  it('is genuine to the last second of Shanghai, and expired from the next', async () => {
    expect(await judged('2026-10-17T23:59:59')).toBe('genuine')
    expect(await judged('2026-10-18T00:00:00')).toBe('expired')
    expect(await judged('2031-01-01T12:00:00')).toBe('expired')
  })

  it('is expired with a list that has it valid, which is named', async () => {
    expect(await judged('2026-10-18T09:00:00', golden.list)).toBe('expired')
    const found = await offline(golden.text, golden.keys, golden.list, new Date('2026-10-18T09:00:00+08:00'))
    expect(found.statusAsOf).toBe(golden.list.issuedAt)
  })

  it('is not kept alive by a clock that is behind the list', async () => {
    expect(await judged('2026-01-01T09:00:00', golden.list)).toBe('expired')
    expect(await judged('2026-01-01T09:00:00')).toBe('genuine')
  })

  it('takes neither status nor time from a list of a key that was lost', async () => {
    const lost: Keys = {
      ...golden.keys,
      keys: golden.keys.keys.map((k) => ({ ...k, compromisedAt: '2027-01-01T00:00:00Z' })),
    }
    const found = await offline(golden.text, lost, golden.list, new Date('2026-01-01T09:00:00+08:00'))
    expect(found).toMatchObject({ verdict: 'genuine', facts: {} })
    expect(found.statusAsOf).toBeUndefined()
  })

  it('takes no time from a list that nobody signed', async () => {
    const moved = { ...golden.list, issuedAt: '2030-01-01T00:00:00Z', validUntil: '2030-01-08T00:00:00Z' }
    expect(await judged('2026-10-01T09:00:00', moved)).toBe('genuine')
  })
})
