import { describe, expect, it } from 'vitest'
import { timeline } from '../src/features/organizations/history'

const t = (key: string, params?: Record<string, unknown>) =>
  [key.split('.').slice(1).join('.'), ...Object.values(params ?? {})].join(' ')
const change = (at: string, fields: { field: string; old: string; new: string }[], what = 'amended') => ({
  what,
  at,
  byName: '周晓岚',
  fields,
})

describe('the history of an organisation', () => {
  const names = [
    { name: '养护院', from: '' },
    { name: '晚晴养护院', from: '2025-06-01' },
  ]
  const events = timeline(
    names,
    [
      change('2026-03-01T02:00:00Z', [{ field: 'closedOn', old: '', new: '2026-02-28' }]),
      change('2026-01-05T02:00:00Z', [
        { field: 'approvedBeds', old: '100', new: '120' },
        { field: 'hasInHouseClinic', old: 'false', new: 'true' },
      ]),
      change('2025-07-10T02:00:00Z', [{ field: 'name', old: '养护院', new: '晚晴养护院' }]),
      change('2024-01-01T16:30:00Z', [], 'registered'),
    ],
    t,
  )
  it('puts names and closing on the day they hold from, the newest first', () =>
    expect(events.map((e) => [e.on, e.title.split(' ')[0]])).toEqual([
      ['2026-02-28', 'event.closed'],
      ['2026-01-05', 'event.amended'],
      ['2025-06-01', 'event.renamed'],
      ['2024-01-02', 'event.registered'],
    ]))
  it('says old and new, and yes and no in words', () =>
    expect(events[1]!.hint).toBe('100 → 120 · no → yes · byWhom 周晓岚'))
  it('leaves out what lies between loaded changes and those still to come', () =>
    expect(
      timeline(names, [change('2026-01-05T02:00:00Z', [{ field: 'grade', old: '', new: '三级' }])], t, true).map(
        (e) => e.on,
      ),
    ).toEqual(['2026-01-05']))
  it('begins with the first name', () => expect(events[3]!.hint).toContain('event.named 养护院'))
})
