import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { signAsync } from '@noble/ed25519'
import { describe, expect, it } from 'vitest'
import { readMap } from '@/shared/proof/cbor'
import { offline, signature, type Keys } from '@/shared/proof/judge'
import { parse } from '@/shared/proof/payload'
import { verify as pure } from '@/shared/proof/pure'

// The server's own golden text, signed with the key of 32 zero bytes.
const golden = readFileSync(join(__dirname, '../../modules/certificates/format/v1/testdata/v1.txt'), 'utf8').trim()
const keys: Keys = { issuer: '', keys: [{ kid: 1, x: 'O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik' }] }
const altered = (at: number) => golden.slice(0, at) + (golden[at] === 'A' ? 'B' : 'A') + golden.slice(at + 1)

function base32(bytes: Uint8Array): string {
  const bits = [...bytes].map((b) => b.toString(2).padStart(8, '0')).join('')
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  return (bits.match(/.{1,5}/g) ?? []).map((five) => letters[parseInt(five.padEnd(5, '0'), 2)]).join('')
}

describe('the signed text of a certificate', () => {
  it('is read as the server wrote it', () => {
    const p = parse(golden)
    expect('ok' in p && p.ok.facts).toMatchObject({
      key: 1,
      code: '041061050R3GG28A',
      family: 1,
      nameMasked: '王*兰',
      issuedOn: '2025-10-18',
      expiresOn: '',
      minutes: 540,
      status: 123,
      number: '0007-2025-00012',
    })
  })
  it('is genuine under its key', async () => expect((await signature(golden, keys, true)).verdict).toBe('genuine'))
  it('is genuine with the host in lower case, as browsers write it', async () => {
    const [host, rest] = [golden.slice(0, golden.indexOf('/V/')), golden.slice(golden.indexOf('/V/'))]
    expect((await signature(host.toLowerCase() + rest, keys, true)).verdict).toBe('genuine')
    expect((await signature(`${host.toLowerCase()}/v/${rest.slice(3)}`, keys, true)).verdict).toBe('genuine')
  })
  it('is genuine with the part that a phone renews, which is set aside', async () => {
    const part = '01QK4M2XW9DHCT3VN01QK4M2'
    const shown = golden.replace('#', `/${part}#`)
    const p = parse(shown)
    expect('ok' in p && p.ok.live).toBe(part)
    expect((await signature(shown, keys, true)).verdict).toBe('genuine')
    for (const bad of [part.slice(1), `${part}0`, part.toLowerCase(), part.replace('Q', 'I'), ''])
      expect((await signature(golden.replace('#', `/${bad}#`), keys, true)).verdict, bad).toBe('forged')
  })
  it('verifies by the library too, for browsers that cannot', () => {
    const p = parse(golden)
    if (!('ok' in p)) throw new Error('not read')
    const key = Uint8Array.from(atob('O2onvM62pC1io6jQKm8Nc2UyFXcd4kOmOsBIoYtZ2ik='), (c) => c.charCodeAt(0))
    expect(pure(key, p.ok.signature, p.ok.message)).toBe(true)
    expect(pure(key, p.ok.signature, p.ok.message.slice(1))).toBe(false)
  })
  const start = golden.indexOf('#') + 1
  it('no letter of it can be changed', async () => {
    for (let at = start; at < golden.length; at += 7)
      expect((await signature(altered(at), keys, true)).verdict, `letter ${at}`).toBe('forged')
  })
  it.each([
    ['cut by a letter', golden.slice(0, -1)],
    ['with a letter more', `${golden}A`],
    ['with its payload in lower case', golden.slice(0, start) + golden.slice(start).toLowerCase()],
    ['under another code', golden.replace('041061050R3GG28A', '041061050R3GG28B')],
    ['at another address', golden.replace('QINGPU', 'YANGPU')],
    ['without a payload', golden.slice(0, start)],
  ])('%s is forged', async (_, text) => expect((await signature(text, keys, true)).verdict).toBe('forged'))
  it.each(['', 'hello', 'https://example.com/', 'https://example.com/v/123'])('%j is of another shape', async (text) =>
    expect((await signature(text, keys, true)).verdict).toBe('unknown'),
  )
  it('a foreign key is a forgery where all keys are known, and undecided where not', async () => {
    const others = { issuer: '', keys: [{ ...keys.keys[0]!, kid: 2 }] }
    expect((await signature(golden, others, true)).verdict).toBe('forged')
    expect((await signature(golden, others, false)).verdict).toBe('undecided')
    expect((await signature(golden, undefined, false)).verdict).toBe('undecided')
  })
  it.each([
    ['i', 'ı'],
    ['s', 'ſ'],
    ['k', '\u212a'],
    ['ss', 'ß'],
    ['fi', 'ﬁ'],
  ])('%s in a path is not %s, which turns into it', async (letters, twin) => {
    const home = 'https://cert.example.cn/kiss-fi'
    const raw = golden.slice(golden.indexOf('#') + 1)
    const p = parse(golden)
    if (!('ok' in p)) throw new Error('not read')
    const body = p.ok.message.slice(p.ok.message.indexOf(1, 12 + p.ok.base.length))
    const prefix = new TextEncoder().encode(`carecert/v1\n${home.toUpperCase()}\n`)
    const sig = await signAsync(Uint8Array.from([...prefix, ...body]), new Uint8Array(32))
    const text = `${home}/V/${p.ok.facts.code}#${base32(Uint8Array.from([...body, ...sig]))}`
    expect(raw.slice(0, 20)).toBe(text.slice(text.indexOf('#') + 1).slice(0, 20))
    expect((await signature(text, keys, true)).verdict).toBe('genuine')
    const mutant = home.replace(new RegExp(`${letters}(?=[^/]*$)`), twin) + text.slice(home.length)
    expect((await signature(mutant, keys, true)).verdict, mutant).toBe('forged')
  })
  it('what a compromised key signed from that day on is forged', async () => {
    const since = (day: string): Keys => ({
      issuer: '',
      keys: [{ ...keys.keys[0]!, compromisedAt: `${day}T00:00:00+08:00` }],
    })
    expect((await signature(golden, since('2025-10-18'), true)).verdict).toBe('forged')
    expect((await signature(golden, since('2025-10-19'), true)).verdict).toBe('genuine')
  })
  it('offline without a status list it says no status', async () => {
    const found = await offline(golden, keys, undefined)
    expect(found.verdict).toBe('genuine')
    expect(found.statusAsOf).toBeUndefined()
  })
})

describe('canonical CBOR', () => {
  it.each([
    ['a long form of a short number', [0xa1, 0x01, 0x18, 0x05]],
    ['keys out of order', [0xa2, 0x02, 0x01, 0x01, 0x01]],
    ['a key twice', [0xa2, 0x01, 0x01, 0x01, 0x02]],
    ['something after the end', [0xa1, 0x01, 0x01, 0x00]],
    ['a text cut short', [0xa1, 0x01, 0x62, 0x61]],
    ['no map', [0x01]],
    ['broken UTF-8', [0xa1, 0x01, 0x61, 0xff]],
  ])('%s is refused', (_, bytes) => expect(readMap(Uint8Array.from(bytes))).toBeUndefined())
})
