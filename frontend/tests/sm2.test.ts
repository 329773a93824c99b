import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { offline, signature, type Keys, type StatusList } from '@/shared/proof/judge'

// Signed by the program under SM2, key 3; other is by Ed25519 under the same number.
const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../modules/certificates/verify/testdata/sm2.json'), 'utf8'),
) as { text: string; other: string; keys: Keys; list: StatusList }
const now = new Date('2026-01-05T02:24:31Z')
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

describe('a certificate signed with SM2, checked in the browser', () => {
  it('is genuine, and revoked by a list that SM2 has signed', async () => {
    expect((await offline(golden.text, golden.keys, undefined, now)).verdict).toBe('genuine')
    expect((await offline(golden.text, golden.keys, golden.list, now)).verdict).toBe('revoked')
  })

  it('is forged when another algorithm signed it, or the key is another one', async () => {
    expect((await offline(golden.other, golden.keys, undefined, now)).verdict).toBe('forged')
    const [first, , third] = golden.keys.keys
    const moved = { ...golden.keys, keys: [{ ...third!, x: first!.x }] } // a point off the curve
    expect((await offline(golden.text, moved, undefined, now)).verdict).toBe('forged')
    const unknown = { ...golden.keys, keys: [{ ...third!, crv: 'P-256' }] }
    expect((await offline(golden.text, unknown, undefined, now)).verdict).toBe('forged')
  })

  it('is forged with any letter of the payload changed', async () => {
    const start = golden.text.indexOf('#') + 1
    for (let at = start; at < golden.text.length; at += 7) {
      const other = letters[(letters.indexOf(golden.text[at]!) + 1) % letters.length]!
      const text = golden.text.slice(0, at) + other + golden.text.slice(at + 1)
      expect((await signature(text, golden.keys, true)).verdict).toBe('forged')
    }
  })
})
