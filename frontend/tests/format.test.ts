import { describe, expect, it } from 'vitest'
import { Refusal } from '@/shared/api'
import { csv } from '@/shared/csv'
import { faultAt } from '@/shared/faults'
import { say, speak } from '@/shared/i18n'
import {
  addDays,
  classHours,
  clock,
  day,
  daysBetween,
  instantOf,
  missingHours,
  moment,
  percent,
  spaced,
  span,
} from '@/shared/format'
import { mainRole, permits } from '@/shared/permissions'
import { draw } from '@/shared/qr'
import { ruleOf } from '@/shared/rule'

describe('formatting', () => {
  it.each([
    [1900, 2501, '75.96'],
    [1901, 2501, '76.00'],
    [0, 0, '0.00'],
    [1, 3, '33.33'],
    [2, 3, '66.66'],
    [3, 3, '100.00'],
  ])('%d of %d is %s percent, truncated', (n, of, shown) => expect(percent(n, of)).toBe(shown))
  it.each([
    [900, '20'],
    [899, '19.97'],
    [742, '16.48'],
    [158, '3.51'],
    [0, '0'],
    [45, '1'],
    [450, '10'],
  ])('%d minutes are %s class hours', (n, shown) => expect(classHours(n)).toBe(shown))
  it.each([
    [900, '20'],
    [734, '16.32'],
    [1, '0.03'],
    [45, '1'],
    [0, '0'],
  ])('%d missing minutes are %s class hours, rounded up', (n, shown) => expect(missingHours(n)).toBe(shown))
  it.each([
    ['2026-06-18', '2026-06-18', '2026-06-18'],
    ['2026-06-18', '2026-06-25', '2026-06-18 – 06-25'],
    ['2026-12-28', '2027-01-05', '2026-12-28 – 2027-01-05'],
  ])('%s to %s is %s', (from, to, shown) => expect(span(from, to)).toBe(shown))
  it('says rules in words, and what it does not know as it stands', () => {
    expect(ruleOf('hours.qingpu@1')).toMatch(/青浦.*1/)
    expect(ruleOf('mars@3')).toBe('mars@3')
    expect(ruleOf(null)).toBe('')
  })
  it('shows instants in Shanghai, whatever the machine', () => {
    expect(day('2025-06-30T16:00:00Z')).toBe('2025-07-01')
    expect(clock('2025-06-30T15:59:59Z')).toBe('23:59')
    expect(moment('2025-12-31T16:00:00Z')).toBe('2026-01-01 00:00')
    expect(new Date(instantOf('2025-10-18', '09:00')).toISOString()).toBe('2025-10-18T01:00:00.000Z')
  })
  it('counts days over month and year ends', () => {
    expect(addDays('2024-02-28', 1)).toBe('2024-02-29')
    expect(addDays('2025-01-01', -1)).toBe('2024-12-31')
    expect(daysBetween('2025-03-01', '2025-03-20')).toBe(19)
  })
  it('spaces public codes and leaves other numbers alone', () => {
    expect(spaced('7QK4M2XW9DHCT3VN')).toBe('7QK4 M2XW 9DHC T3VN')
    expect(spaced('S000031000012234000123')).toBe('S000031000012234000123')
  })
  it('a saved table starts no formula', () => {
    expect(csv([['=1+1', '王,兰', '"x"', -5, null]])).toBe('\uFEFF\'=1+1,"王,兰","""x""",-5,\r\n')
  })
})

describe('permissions', () => {
  it.each([
    [['person:list'], 'person', 'list', true],
    [['person:list'], 'person', 'read', false],
    [['*:*'], 'class', 'close', true],
    [['class:*'], 'class', 'enrol', true],
    [[], 'person', 'list', false],
  ] as const)('%j grants %s %s: %s', (granted, noun, verb, yes) => expect(permits(granted, noun, verb)).toBe(yes))
  it('the widest role decides the first page', () => {
    expect(mainRole(['caregiver', 'institution'])).toBe('institution')
    expect(mainRole([])).toBeUndefined()
  })
})

describe('QR codes', () => {
  it('a check-in text stays at version 4 or less', () => {
    expect(draw('HTTP://127.0.0.1:18080/C/AGVA2ZECBRZLRMCDTOQR4ZAZVK33PQ2IKIEZKR7R').version).toBeLessThanOrEqual(4)
  })
})

describe('what is wrong with a form', () => {
  const refusal = new Refusal({
    title: '',
    status: 422,
    detail: '有内容填写不正确',
    code: 'input.invalid',
    requestId: '',
    errors: [
      { location: 'body.idNumber', message: '应为18位' },
      { location: 'body.grants[0].role', message: '未知' },
    ],
  } as never)
  it.each([
    ['idNumber', '应为18位'],
    ['grants', '未知'],
    ['id', undefined],
    ['name', undefined],
  ])('%s: %s', (field, said) => expect(faultAt(refusal, field)).toBe(said))
  it('knows nothing of other errors', () => expect(faultAt(new Error('x'), 'name')).toBeUndefined())
})

describe('one and many', () => {
  it('are told apart in English, by the number or by the count beside a text', () => {
    speak('en')
    expect(say('home.todo.conflicts', { n: 1 })).toBe('1 certificate number is claimed for two people')
    expect(say('home.todo.conflicts', { n: 2 })).toBe('2 certificate numbers are claimed for two people')
    expect(say('home.todo.conflicts', { n: '1', count: 1 })).toBe('1 certificate number is claimed for two people')
    expect(say('home.todo.conflicts', { n: '1,234', count: 1234 })).toContain('1,234 certificate numbers are')
    expect(say('phone.missing', { n: '19.97' })).toBe('19.97 class hours missing')
    expect(say('home.todo.conflicts', { n: 0 })).toContain('0 certificate numbers are')
    speak('zh-CN')
  })
})
