import { describe, expect, it } from 'vitest'
import type { Quality } from '../src/features/quality/api'
import { change, floor, points } from '../src/features/quality/trend'

const figure = (asOf: string, score: string | null, percent: string, denominator: number) =>
  ({ asOf, score, dimensions: [{ dimension: 'completeness', percent, denominator }] }) as unknown as Quality

describe('the trend of data quality', () => {
  it('leaves a gap where there was nothing to weigh', () => {
    expect(points([figure('2026-05-31', null, '0.00', 0), figure('2026-06-10', '97.50', '97.50', 200)])).toEqual([
      { on: '2026-05-31', score: null, dimensions: { completeness: null } },
      { on: '2026-06-10', score: 97.5, dimensions: { completeness: 97.5 } },
    ])
  })
  it('tells the change in whole hundredths', () => {
    expect(change(points([figure('a', '97.49', '97.49', 1), figure('b', '97.50', '97.50', 1)]))).toBe(1)
    expect(change(points([figure('a', null, '0.00', 0), figure('b', '97.50', '97.50', 1)]))).toBeUndefined()
    expect(change([])).toBeUndefined()
  })
  it('keeps the axis at a round ten below what is shown', () => {
    expect(floor(points([figure('a', '97.50', '95.00', 1)]))).toBe(90)
    expect(floor(points([figure('a', '90.00', '90.00', 1)]))).toBe(80)
    expect(floor(points([figure('a', '5.00', '0.00', 1)]))).toBe(0)
    expect(floor([])).toBe(0)
  })
})
