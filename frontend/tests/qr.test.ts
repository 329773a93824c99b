import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import { beforeAll, describe, expect, it } from 'vitest'
import { draw } from '@/shared/qr'

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
/** Repeatable texts of the size that certificates have (mulberry32). */
function texts(n: number): string[] {
  let a = 310118
  const next = () => {
    a = (a + 0x6d2b79f5) | 0
    let t = Math.imul(a ^ (a >>> 15), 1 | a)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const word = (length: number) => Array.from({ length }, () => letters[Math.floor(next() * letters.length)]).join('')
  return Array.from({ length: n }, () => `HTTPS://CERT.QINGPU.EXAMPLE.GOV.CN/V/${word(16)}#${word(200)}`)
}

/** The drawing on so many pixels, its edges unsmoothed as the page asks for. */
function pixels(text: string, width: number) {
  const code = draw(text)
  const edge = (n: number) => Math.round((n * width) / code.size)
  const data = new Uint8ClampedArray(width * width * 4).fill(255)
  for (const [, x, y, w] of code.path.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
    for (let py = edge(Number(y)); py < edge(Number(y) + 1); py++)
      for (let px = edge(Number(x)); px < edge(Number(x) + Number(w)); px++)
        data.fill(0, (py * width + px) * 4, (py * width + px) * 4 + 3)
  }
  return { data, width, height: width } as ImageData
}

describe('the code that the phone draws', () => {
  beforeAll(async () => {
    const wasm = join(import.meta.dirname, '../node_modules/zxing-wasm/dist/reader/zxing_reader.wasm')
    const raw = readFileSync(wasm)
    await prepareZXingModule({
      overrides: { wasmBinary: raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength) as ArrayBuffer },
      fireImmediately: true,
    })
  })

  it('has four modules of white around it', () => {
    const code = draw(texts(1)[0]!)
    for (const [, x, y, w] of code.path.matchAll(/M(\d+) (\d+)h(\d+)/g)) {
      expect(Math.min(Number(x), Number(y))).toBeGreaterThanOrEqual(4)
      expect(Math.max(Number(x) + Number(w), Number(y) + 1)).toBeLessThanOrEqual(code.size - 4)
    }
  })

  it('is read from 300 pixels, every time', { timeout: 60_000 }, async () => {
    for (const text of texts(150)) {
      const found = await readBarcodes(pixels(text, 300), { formats: ['QRCode'] })
      expect(found[0]?.text).toBe(text)
    }
  })
})
