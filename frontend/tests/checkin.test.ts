import { describe, expect, it } from 'vitest'
import { readCode } from '../src/phone/offline/code'
import { base64url, label } from '../src/phone/offline/device'

// The same text as the server's test of its own reading (modules/training/code_test.go).
const session = '0198f3a2-7c1b-7d4e-8a5f-1234567890ab'
const part = 'AGMPHIT4DN6U5CS7CI2FM6EQVM'

describe('a check-in code', () => {
  it.each([
    ['the text of the QR', `HTTPS://EXAMPLE.CN/C/${part}ABCD2345`, { session, code: 'ABCD2345' }],
    ['what follows the address', `${part}ABCD2345`, { session, code: 'ABCD2345' }],
    ['what a thumb types', ' abcd 2345 ', { code: 'ABCD2345' }],
    ['a poster of something else', 'https://example.com/menu', undefined],
    ['letters that are none of ours', `${part.slice(0, 25)}1ABCD2345`, undefined],
  ])('is read from %s', (_, text, want) => expect(readCode(text)).toEqual(want))
})

describe('a phone', () => {
  it.each([
    [
      'Mozilla/5.0 (Linux; Android 14; V2279A Build/UP1A) AppleWebKit Chrome/120 Mobile Safari MicroMessenger/8',
      'V2279A · WeChat',
    ],
    ['Mozilla/5.0 (Linux; Android 10; K) AppleWebKit Chrome/120 Mobile Safari', 'Android · Chrome'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit Version/17 Mobile Safari', 'iPhone · Safari'],
    ['something else', ''],
  ])('is called after %s', (agent, want) => expect(label(agent)).toBe(want))
  it('writes its key without padding', () =>
    expect(base64url(new Uint8Array([251, 255, 254, 1]).buffer)).toBe('-__-AQ'))
})
