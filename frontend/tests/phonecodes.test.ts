import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { draw } from '@/shared/qr'

/** What the phone draws, for the other decoder (modules/kit/pdf/phone_test.go). UPDATE=1 writes it anew. */
const file = join(import.meta.dirname, '../../modules/kit/pdf/testdata/phone-codes.json')
const N = 150

function texts(): string[] {
  let a = 20261128
  const next = () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const word = (n: number, letters: string) =>
    Array.from({ length: n }, () => letters[Math.floor(next() * letters.length)]).join('')
  const code = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
  return Array.from({ length: N }, (_, i) => {
    const live = i % 2 ? `/${word(24, code)}` : ''
    return `HTTPS://CERT.QINGPU.EXAMPLE.GOV.CN/V/${word(16, code)}${live}#${word(220, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`
  })
}

/** The modules row by row, a bit each, in base64. */
function modules(text: string): string {
  const { size, path } = draw(text)
  const n = size - 8
  const bits = new Uint8Array(Math.ceil((n * n) / 8))
  for (const [, x, y, w] of path.matchAll(/M(\d+) (\d+)h(\d+)/g))
    for (let i = Number(x) - 4; i < Number(x) - 4 + Number(w); i++) {
      const at = (Number(y) - 4) * n + i
      bits[at >> 3]! |= 128 >> (at & 7)
    }
  return Buffer.from(bits).toString('base64')
}

it('is what the other decoder is tried on', { timeout: 60_000 }, () => {
  const drawn = texts().map((text) => ({ text, modules: modules(text) }))
  if (process.env.UPDATE) writeFileSync(file, `${JSON.stringify(drawn, undefined, 1)}\n`)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(drawn)
})
