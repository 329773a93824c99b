import { describe, expect, it } from 'vitest'
import { nestTitles } from '../src/shared/titles'

const outer = (text: string) => `\u300a${text}\u300b`
const inner = (text: string) => `\u3008${text}\u3009`

describe('titles', () => {
  it.each([
    ['a title in a title', outer(outer('a') + ' b'), outer(inner('a') + ' b')],
    ['one behind the other', outer('a') + outer('b'), outer('a') + outer('b')],
    ['none', 'a', 'a'],
    ['one that is not closed', outer('a') + '\u300ab', outer('a') + '\u300ab'],
  ])('%s', (_, said, want) => expect(nestTitles(said)).toBe(want))
})
