import { readMap, type Value } from './cbor'

/**
 * The signed text in a certificate's QR code, format v1 (described in
 * modules/certificates/format/v1, whose golden file the tests read).
 */
export interface Facts {
  key: number
  code: string
  family: number
  nameMasked: string
  issuer: string
  issuedOn: string
  expiresOn: string
  title: string
  level: number
  minutes: number
  number: string
  identity: number
  status: number
}
export interface Parsed {
  facts: Facts
  base: string
  /** What a phone renews; the server judges it, here it is only set aside. */
  live: string
  message: Uint8Array
  signature: Uint8Array
}
export type Parse = { ok: Parsed } | { not: 'shape' | 'forged' }

const CODE = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const SIGNATURE = 64

function encode(bytes: Uint8Array, letters: string): string {
  let out = ''
  let bits = 0
  let held = 0
  for (const b of bytes) {
    held = (held << 8) | b
    for (bits += 8; bits >= 5; bits -= 5) out += letters[(held >> (bits - 5)) & 31]
    held &= (1 << bits) - 1
  }
  return bits ? out + letters[(held << (5 - bits)) & 31] : out
}
function decode(text: string): Uint8Array | undefined {
  const out: number[] = []
  let bits = 0
  let held = 0
  for (const c of text) {
    const v = BASE32.indexOf(c)
    if (v < 0) return undefined
    held = (held << 5) | v
    if ((bits += 5) >= 8) {
      out.push((held >> (bits - 8)) & 255)
      bits -= 8
    }
    held &= (1 << bits) - 1
  }
  return Uint8Array.from(out)
}

/** Days since 2020-01-01; 0 is none. */
const date = (days: number) => (days ? new Date(Date.UTC(2020, 0, 1 + days)).toISOString().slice(0, 10) : '')

/** The house's own number: issuer, year and count, as in 0007-2026-00012. */
const numbered = (serial: number, year: string, sequence: number) =>
  sequence ? `${String(serial).padStart(4, '0')}-${year}-${String(sequence).padStart(5, '0')}` : ''

const limits: Record<number, 'text' | 'bytes' | number> = {
  1: 0xffffffff,
  2: 'bytes',
  3: 255,
  4: 'text',
  5: 'text',
  6: 65_535,
  7: 65_535,
  8: 'text',
  9: 255,
  10: 65_535,
  11: 'text',
  12: 0xffffffff,
  13: 0xffffffff,
  14: 0xffffffff,
  15: 0xffffffff,
}
/** These are left out when they are nothing, so they never stand there as nothing. */
const omitted = new Set([7, 8, 9, 10, 11, 14, 15])

function fits(key: number, v: Value): boolean {
  const limit = limits[key]
  if (limit === undefined || (omitted.has(key) && (v === 0 || v === ''))) return false
  if (limit === 'text') return typeof v === 'string'
  return limit === 'bytes' ? v instanceof Uint8Array : typeof v === 'number' && v <= limit
}

function factsOf(map: Map<number, Value>): Facts | undefined {
  for (const [key, v] of map) if (!fits(key, v)) return undefined
  for (const key of Object.keys(limits).map(Number)) if (!omitted.has(key) && !map.has(key)) return undefined
  const n = (key: number) => (map.get(key) as number | undefined) ?? 0
  const s = (key: number) => (map.get(key) as string | undefined) ?? ''
  return {
    key: n(1),
    code: encode(map.get(2) as Uint8Array, CODE),
    family: n(3),
    nameMasked: s(4),
    issuer: s(5),
    issuedOn: date(n(6)),
    expiresOn: date(n(7)),
    title: s(8),
    level: n(9),
    minutes: n(10),
    number: s(11) || numbered(n(14), date(n(6)).slice(0, 4), n(15)),
    identity: n(12),
    status: n(13),
  }
}

/** The letters of ASCII only: others that turn into them (ı into I, ſ into S) name another host. */
const upper = (s: string) => s.replace(/[a-z]/g, (c) => c.toUpperCase())
const lower = (s: string) => s.replace(/[A-Z]/g, (c) => c.toLowerCase())

/** In upper case when it is scheme and host only. */
function canonical(base: string): string {
  const at = base.indexOf('://')
  return at >= 0 && base.slice(at + 3).includes('/') ? base : upper(base)
}

/** Takes a text apart; the signature is not checked yet. A browser may have put scheme and host in lower case. */
export function parse(text: string): Parse {
  const lowered = lower(text)
  const at = lowered.indexOf('/v/')
  const hash = text.indexOf('#')
  if (at < 0 || hash < at || !/^https?:\/\//.test(lowered)) return { not: 'shape' }
  const base = text.slice(0, at)
  const raw = decode(text.slice(hash + 1))
  if (!raw || raw.length < SIGNATURE + 2 || raw[0] !== 1) return { not: 'forged' }
  const body = raw.subarray(0, raw.length - SIGNATURE)
  const map = readMap(body.subarray(1))
  const facts = map && factsOf(map)
  if (!facts) return { not: 'forged' }
  const live = /\/([0-9A-HJKMNP-TV-Z]{24})#/.exec(text)?.[1] ?? ''
  // Written again it must be the same text: no other case, no spare bits.
  const tail = `${facts.code}${live && `/${live}`}#${encode(raw, BASE32)}`
  const home = canonical(base)
  if (![`${home}/V/${tail}`, `${lower(home)}/V/${tail}`, `${lower(home)}/v/${tail}`].includes(text))
    return { not: 'forged' }
  const prefix = new TextEncoder().encode(`carecert/v1\n${upper(base)}\n`)
  const message = new Uint8Array(prefix.length + body.length)
  message.set(prefix)
  message.set(body, prefix.length)
  return { ok: { facts, base, live, message, signature: raw.subarray(raw.length - SIGNATURE) } }
}
