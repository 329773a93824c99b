/**
 * The little of CBOR that the payload uses: one map of small integers to unsigned
 * integers, texts and bytes, in canonical form. Anything written in another way
 * than the signer writes it is refused (undefined).
 */
export type Value = number | string | Uint8Array

export function readMap(bytes: Uint8Array): Map<number, Value> | undefined {
  let at = 0
  /** A head of major type and length, in its shortest form only. */
  function head(): [major: number, n: number] | undefined {
    const first = bytes[at++]
    if (first === undefined) return undefined
    const [major, info] = [first >> 5, first & 31]
    if (info < 24) return [major, info]
    const size = { 24: 1, 25: 2, 26: 4 }[info]
    if (!size || at + size > bytes.length) return undefined
    let n = 0
    for (let i = 0; i < size; i++) n = n * 256 + bytes[at++]!
    return n < { 1: 24, 2: 256, 4: 65_536 }[size as 1 | 2 | 4] ? undefined : [major, n]
  }
  function value(): Value | undefined {
    const h = head()
    if (!h) return undefined
    const [major, n] = h
    if (major === 0) return n
    if ((major !== 2 && major !== 3) || at + n > bytes.length) return undefined
    const part = bytes.subarray(at, (at += n))
    if (major === 2) return part
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(part)
    } catch {
      return undefined
    }
  }
  const top = head()
  if (!top || top[0] !== 5) return undefined
  const found = new Map<number, Value>()
  let last = -1
  for (let i = 0; i < top[1]; i++) {
    const key = value()
    if (typeof key !== 'number' || key <= last) return undefined
    const v = value()
    if (v === undefined) return undefined
    found.set((last = key), v)
  }
  return at === bytes.length ? found : undefined
}
