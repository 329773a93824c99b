/**
 * The tree of the issuance log, by RFC 6962 as golang.org/x/mod/sumdb/tlog does it: a leaf is
 * SHA-256 of 0x00 and its bytes, a node SHA-256 of 0x01 and its two children.
 */
export interface Tree {
  size: number
  root: Uint8Array
}

/** The browser's own SHA-256, which it gives to secure pages only, else the library's. */
export async function digest(...parts: Uint8Array[]): Promise<Uint8Array> {
  const all = new Uint8Array(parts.reduce((n, p) => n + p.length, 0))
  let at = 0
  for (const p of parts) {
    all.set(p, at)
    at += p.length
  }
  if (globalThis.crypto?.subtle) return new Uint8Array(await globalThis.crypto.subtle.digest('SHA-256', all))
  return (await import('@noble/hashes/sha2.js')).sha256(all)
}
export const leafHash = (leaf: string) => digest(Uint8Array.of(0), new TextEncoder().encode(leaf))
const node = (left: Uint8Array, right: Uint8Array) => digest(Uint8Array.of(1), left, right)

export const same = (a: Uint8Array | undefined, b: Uint8Array | undefined) =>
  !!a && !!b && a.length === b.length && a.every((x, i) => x === b[i])

export function unbase64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (c) => c.charCodeAt(0))
  } catch {
    return undefined
  }
}
export const base64 = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes))
/** A hash as it was sent; undefined for anything else. */
export const hashOf = (text: string) => {
  const raw = unbase64(text)
  return raw?.length === 32 && base64(raw) === text ? raw : undefined
}

// Sizes are beyond 32 bits, so no shifts.
const half = (n: number) => Math.floor(n / 2)
const odd = (n: number) => n % 2 === 1

/** The root that a path leads to from a leaf (RFC 9162, 2.1.3.2); undefined where it leads to none. */
export async function rootFrom(index: number, size: number, leaf: Uint8Array, path: (Uint8Array | undefined)[]) {
  if (!(index >= 0 && index < size)) return undefined
  let [fn, sn, r] = [index, size - 1, leaf]
  for (const p of path) {
    if (!p || sn === 0) return undefined
    if (odd(fn) || fn === sn) {
      r = await node(p, r)
      while (!odd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)]
    } else r = await node(r, p)
    ;[fn, sn] = [half(fn), half(sn)]
  }
  return sn === 0 ? r : undefined
}

/** Whether the proof shows that a tree goes on from an earlier one (RFC 9162, 2.1.4.2). */
export async function follows(earlier: Tree, later: Tree, proof: (Uint8Array | undefined)[]): Promise<boolean> {
  if (earlier.size < 1 || earlier.size > later.size) return false
  if (earlier.size === later.size) return proof.length === 0 && same(earlier.root, later.root)
  let [fn, sn] = [earlier.size - 1, later.size - 1]
  while (odd(fn)) [fn, sn] = [half(fn), half(sn)]
  const whole = fn === 0 // the earlier tree is one whole part of the later: its root is not sent again
  const first = whole ? earlier.root : proof[0]
  if (!first) return false
  let [fr, sr] = [first, first]
  for (const c of whole ? proof : proof.slice(1)) {
    if (!c || sn === 0) return false
    if (odd(fn) || fn === sn) {
      ;[fr, sr] = [await node(c, fr), await node(c, sr)]
      while (!odd(fn) && fn !== 0) [fn, sn] = [half(fn), half(sn)]
    } else sr = await node(sr, c)
    ;[fn, sn] = [half(fn), half(sn)]
  }
  return sn === 0 && same(fr, earlier.root) && same(sr, later.root)
}
