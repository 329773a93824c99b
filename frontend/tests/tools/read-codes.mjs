// Reads grey pictures from standard input and prints the QR text of each, a line
// for each: the second decoder of modules/certificates/pdf/qr_test.go. A picture
// is its width and height (32 bits, little endian each) and its pixels.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'

const wasm = join(import.meta.dirname, '../../node_modules/zxing-wasm/dist/reader/zxing_reader.wasm')
await prepareZXingModule({ overrides: { wasmBinary: readFileSync(wasm).buffer }, fireImmediately: true })
const chunks = []
for await (const chunk of process.stdin) chunks.push(chunk)
const all = Buffer.concat(chunks)
for (let at = 0; at < all.length;) {
  const width = all.readUInt32LE(at)
  const height = all.readUInt32LE(at + 4)
  const data = new Uint8ClampedArray(width * height * 4)
  for (let i = 0; i < width * height; i++) data.fill(all[at + 8 + i], i * 4, i * 4 + 3).fill(255, i * 4 + 3, i * 4 + 4)
  at += 8 + width * height
  const found = await readBarcodes({ data, width, height }, { formats: ['QRCode'] })
  process.stdout.write(`${found[0]?.text ?? ''}\n`)
}
