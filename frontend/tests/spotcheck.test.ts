import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { absent, count, type Counts, type Entry, type Member } from '@/phone/spotcheck/count'
import { judge } from '@/phone/spotcheck/judge'

const read = (...path: string[]) => JSON.parse(readFileSync(join(__dirname, '..', '..', 'modules', ...path), 'utf8'))
const golden = read('spotchecks', 'rule', 'testdata', 'counts.json') as {
  members: Member[]
  cases: { name: string; entries: Entry[]; counts: Counts; absent: string[] }[]
}

describe('the phone counts as the server does', () => {
  it.each(golden.cases.map((c) => [c.name, c] as const))('%s', (_, c) => {
    expect(count(golden.members, c.entries)).toEqual(c.counts)
    expect(
      absent(golden.members, c.entries)
        .map((m) => m.person)
        .toSorted(),
    ).toEqual(c.absent)
  })
  it('whatever the order, and however often', () => {
    for (const c of golden.cases) {
      const again = [...c.entries, ...c.entries].toReversed()
      expect(count(golden.members, again), c.name).toEqual(c.counts)
    }
  })
})

describe('a code is judged by what the phone carries', () => {
  const expiring = read('certificates', 'verify', 'testdata', 'expiring.json') as {
    text: string
    keys: object
    list: object
  }
  const now = new Date('2026-10-17T04:00:00Z')
  const carry = () => {
    localStorage.setItem('verify/keys', JSON.stringify(expiring.keys))
    localStorage.setItem(
      'verify/status-lists/0',
      JSON.stringify({ ...expiring.list, validUntil: '2027-01-01T00:00:00Z' }),
    )
  }
  afterEach(() => localStorage.clear())

  it('genuine on its last day, and not without its key', async () => {
    expect((await judge(expiring.text, [], now)).entry.verdict).toBe('undecided')
    carry()
    const found = await judge(` ${expiring.text}\n`, [], now)
    expect(found.entry).toMatchObject({ how: 'scanned', text: expiring.text, verdict: 'genuine', showing: 'static' })
    expect(found.entry.code).toBeTruthy()
  })
  it('what the roster knows of it stands', async () => {
    carry()
    const { code } = (await judge(expiring.text, [], now)).entry
    const member = { ...golden.members[0]!, name: '王秀兰', codes: [code!], verdicts: { [code!]: 'revoked' as const } }
    expect(await judge(expiring.text, [member], now)).toMatchObject({ name: '王秀兰', entry: { verdict: 'revoked' } })
  })
  it('altered is forged, and another text is nothing of ours', async () => {
    carry()
    const altered = expiring.text.slice(0, -1) + (expiring.text.endsWith('A') ? 'B' : 'A')
    expect((await judge(altered, [], now)).entry.verdict).toBe('forged')
    expect((await judge('https://example.com/', [], now)).entry.verdict).toBe('unknown')
  })
})
