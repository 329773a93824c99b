import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { offline, signature, type Keys } from '@/shared/proof/judge'
import { parse } from '@/shared/proof/payload'

// The golden file of the program: signed with the key of 32 zero bytes.
const text = readFileSync(
  join(import.meta.dirname, '../../modules/certificates/format/v1/testdata/v1.txt'),
  'utf8',
).trim()
const keys: Keys = {
  issuer: 'https://cert.qingpu.example.gov.cn',
  keys: [{ kid: 1, x: 'O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik' }],
}

describe('a certificate, checked in the browser', () => {
  it('reads what the program signed', async () => {
    const parsed = parse(text)
    expect('ok' in parsed && parsed.ok.facts.nameMasked).toBe('王*兰')
    expect((await signature(text, keys, true)).verdict).toBe('genuine')
    expect((await offline(text, keys, undefined)).verdict).toBe('genuine')
  })

  it('refuses every single change', async () => {
    for (let i = 0; i < text.length; i++) {
      const other = text[i] === 'A' ? 'B' : 'A'
      expect((await signature(text.slice(0, i) + other + text.slice(i + 1), keys, true)).verdict, `at ${i}`).not.toBe(
        'genuine',
      )
    }
  })

  it('refuses what was cut or added', async () => {
    for (const altered of [text.slice(0, -1), `${text}A`, `${text} `, text.toLowerCase(), ` ${text}`]) {
      expect((await signature(altered, keys, true)).verdict).not.toBe('genuine')
    }
  })

  it('does not decide without keys, and calls a stranger unknown', async () => {
    expect((await offline(text, undefined, undefined)).verdict).toBe('undecided')
    expect((await signature('https://example.com/', keys, true)).verdict).toBe('unknown')
  })
})
