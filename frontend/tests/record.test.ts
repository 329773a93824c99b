import { describe, expect, it } from 'vitest'
import { byYear, pageOf, when, type RecordItem } from '../src/shared/record/record'

const item = (more: Partial<RecordItem>): RecordItem => ({
  chapter: 'training',
  id: 'x',
  on: '2025-05-01',
  title: '',
  state: '',
  stateText: '',
  facts: [],
  reasons: [],
  evidence: [],
  ...more,
})

describe('a timeline', () => {
  it('falls into years in the order given', () => {
    const years = byYear([
      item({ id: 'a', on: '2025-05-01' }),
      item({ id: 'b', on: '2025-01-02' }),
      item({ id: 'c', on: '2023-12-31' }),
    ])
    expect(years.map((y) => [y.year, y.items.map((i) => i.id).join('')])).toEqual([
      ['2025', 'ab'],
      ['2023', 'c'],
    ])
    expect(byYear([])).toEqual([])
  })
  it('says when it was', () => {
    const since = (d: string) => `${d} on`
    expect(when(item({}), since)).toBe('2025-05-01')
    expect(when(item({ until: '2025-05-01' }), since)).toBe('2025-05-01')
    expect(when(item({ until: '2025-06-01' }), since)).toBe('2025-05-01 – 2025-06-01')
    expect(when(item({ open: true }), since)).toBe('2025-05-01 on')
  })
  it('knows the pages of its evidence', () => {
    expect(pageOf('/api/v1/classes/abc')).toBe('/classes/abc')
    expect(pageOf('/api/v1/certificates/abc')).toBe('/certificates/abc')
    expect(pageOf('/api/v1/people/p1/hours?year=2025')).toBe('/hours/p1')
    expect(pageOf('/api/v1/public/certificates/7QK4')).toBeUndefined()
    expect(pageOf('https://elsewhere.example/classes/abc')).toBeUndefined()
  })
})
