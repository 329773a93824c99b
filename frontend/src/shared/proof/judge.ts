import { bytesOf, checks, type PublicKey } from './checks'
import { parse, type Facts } from './payload'

export type Verdict = 'genuine' | 'expired' | 'superseded' | 'revoked' | 'forged' | 'unknown'
export interface Key extends PublicKey {
  kid: number
  compromisedAt?: string
}
export interface Keys {
  issuer: string
  keys: Key[]
}
export interface StatusList {
  id: number
  issuedAt: string
  validUntil: string
  bits: number
  size: number
  encoded: string
  kid: number
  signature: string
}
/** undecided: no keys here, or a key that is not among those kept. */
export interface Signed {
  verdict: 'genuine' | 'forged' | 'unknown' | 'undecided'
  facts?: Facts
}

const shanghai = (at: string | Date) => new Date(new Date(at).getTime() + 8 * 3_600_000).toISOString().slice(0, 10)

/** Is the text what one of the keys signed? closed: the keys are all there are, a foreign one is a forgery. */
export async function signature(text: string, keys: Keys | undefined, closed: boolean): Promise<Signed> {
  const p = parse(text)
  if ('not' in p) return { verdict: p.not === 'shape' ? 'unknown' : 'forged' }
  const { facts, message, signature: sig } = p.ok
  const key = keys?.keys.find((k) => k.kid === facts.key)
  if (!key) return { verdict: keys && closed ? 'forged' : 'undecided' }
  if (!(await checks(key, sig, message))) return { verdict: 'forged' }
  if (key.compromisedAt && facts.issuedOn >= shanghai(key.compromisedAt)) return { verdict: 'forged' }
  return { verdict: 'genuine', facts }
}

const seconds = (instant: string) => `${new Date(instant).toISOString().slice(0, 19)}Z`

/** What a status list says of a certificate: undefined when the list is not to be trusted for it. */
export async function status(
  list: StatusList,
  place: number,
  keys: Keys,
  now: Date,
): Promise<'valid' | 'revoked' | 'superseded' | undefined> {
  const key = keys.keys.find((k) => k.kid === list.kid)
  // Whoever had a lost key may write any date and any status into a list.
  if (!key || key.compromisedAt || Math.floor(place / list.size) !== list.id || now > new Date(list.validUntil))
    return undefined
  const message = [
    'carecert/status/v1',
    list.id,
    seconds(list.issuedAt),
    seconds(list.validUntil),
    list.bits,
    list.size,
    list.encoded,
    list.kid,
  ].join('\n')
  if (!(await checks(key, bytesOf(list.signature), new TextEncoder().encode(message)))) return undefined
  const stream = new Blob([Uint8Array.from(bytesOf(list.encoded))])
    .stream()
    .pipeThrough(new DecompressionStream('deflate'))
  const bits = new Uint8Array(await new Response(stream).arrayBuffer())
  const i = place % list.size
  return (['valid', 'revoked', 'superseded'] as const)[((bits[Math.floor(i / 4)] ?? 3) >> (2 * (i % 4))) & 3]
}

export interface Offline {
  verdict: Verdict | 'undecided'
  facts?: Facts
  statusAsOf?: string
}

/** The verdict without a network: the signature, then what was known of the status. */
export async function offline(
  text: string,
  keys: Keys | undefined,
  list: StatusList | undefined,
  now = new Date(),
): Promise<Offline> {
  const s = await signature(text, keys, false)
  if (s.verdict !== 'genuine' || !s.facts || !keys) return s
  const known = list && (await status(list, s.facts.status, keys, now))
  const at = known ? { statusAsOf: list.issuedAt } : {}
  if (known === 'revoked' || known === 'superseded') return { verdict: known, facts: s.facts, ...at }
  // A clock behind the signed list is set right by it: no certificate lives longer on a phone whose date is wrong.
  const late = known && now < new Date(list.issuedAt) ? list.issuedAt : now
  if (s.facts.expiresOn && shanghai(late) > s.facts.expiresOn) return { verdict: 'expired', facts: s.facts, ...at }
  return { verdict: 'genuine', facts: s.facts, ...at }
}
