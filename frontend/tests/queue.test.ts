import { describe, expect, it } from 'vitest'
import { afterwards, following } from '../src/features/certificates/queue'

describe('the queue of the verifier', () => {
  const ids = ['a', 'b', 'c']
  it.each([
    ['a', 1, 'b'],
    ['b', -1, 'a'],
    ['c', 1, 'c'],
    ['a', -1, 'a'],
    ['gone', 1, 'a'],
  ] as const)('from %s by %i one comes to %s', (at, by, to) => expect(following(ids, at, by)).toBe(to))
  it.each([
    ['a', 'b'],
    ['c', 'b'],
    ['b', 'c'],
  ] as const)('after %s was judged comes %s', (at, to) => expect(afterwards(ids, at)).toBe(to))
  it('ends when the last one was judged', () => expect(afterwards(['a'], 'a')).toBe(''))
})
