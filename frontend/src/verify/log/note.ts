import { ed25519 } from '@/shared/proof/checks'
import { digest, same, unbase64, type Tree } from './tree'

/** A public key as notes write it: name, four bytes of its hash, kind and key. */
export interface Verifier {
  name: string
  id: string
  hash: Uint8Array
  key: Uint8Array
}
const LOG = 1
const WITNESS = 4

async function readKey(text: string, kind: number): Promise<Verifier | undefined> {
  const [, name = '', id = '', encoded = ''] = /^([^+\s]+)\+([0-9a-f]{8})\+(.+)$/.exec(text.trim()) ?? []
  const raw = unbase64(encoded)
  if (!name || raw?.length !== 33 || raw[0] !== kind) return undefined
  const hash = (await digest(new TextEncoder().encode(`${name}\n`), raw)).subarray(0, 4)
  const shown = [...hash].map((b) => b.toString(16).padStart(2, '0')).join('')
  return shown === id ? { name, id, hash, key: raw.subarray(1) } : undefined
}
export const readLogKey = (text: string) => readKey(text, LOG)
export const readWitnessKey = (text: string) => readKey(text, WITNESS)

/** The signature bytes of a key's lines in a text. */
function linesOf(text: string, v: Verifier, length: number): Uint8Array[] {
  return text
    .split('\n')
    .filter((l) => l.startsWith(`\u2014 ${v.name} `))
    .map((l) => unbase64(l.slice(v.name.length + 3)))
    .filter((raw): raw is Uint8Array => raw?.length === length && same(raw.subarray(0, 4), v.hash))
    .map((raw) => raw.subarray(4))
}

export interface Head extends Tree {
  /** What is signed. */
  text: string
}

/** The head in a signed note; undefined where the key has not signed it, or it is none. */
export async function openHead(note: string, key: Verifier): Promise<Head | undefined> {
  const cut = note.lastIndexOf('\n\n')
  if (cut < 0) return undefined
  const text = note.slice(0, cut + 1)
  const message = new TextEncoder().encode(text)
  const signed = await Promise.all(
    linesOf(note.slice(cut + 2), key, 68).map((signature) => ed25519(key.key, signature, message)),
  )
  const [, size = '', encoded = ''] =
    /^go\.sum database tree\n(0|[1-9]\d{0,12})\n([A-Za-z0-9+/=]{44})\n$/.exec(text) ?? []
  const root = unbase64(encoded)
  return signed.includes(true) && root?.length === 32 ? { size: Number(size), root, text } : undefined
}

/** When a witness countersigned a head (C2SP tlog-cosignature); undefined where it has not. */
export async function countersigned(head: Head, lines: string, witness: Verifier): Promise<Date | undefined> {
  for (const raw of linesOf(lines, witness, 76)) {
    const at = Number(new DataView(raw.buffer, raw.byteOffset, 8).getBigUint64(0))
    const message = new TextEncoder().encode(`cosignature/v1\ntime ${at}\n${head.text}`)
    if (await ed25519(witness.key, raw.subarray(8), message)) return new Date(at * 1000)
  }
  return undefined
}

/** A head that somebody keeps: the file that witnesses get, the body of /public/log/head, or the note alone. */
export function readFile(text: string): { note: string; witness?: string } | undefined {
  if (!text.trimStart().startsWith('{')) return text.includes('\n\n') ? { note: text } : undefined
  try {
    const file = JSON.parse(text) as { note?: unknown; witness?: unknown }
    if (typeof file.note !== 'string') return undefined
    return { note: file.note, witness: typeof file.witness === 'string' ? file.witness : undefined }
  } catch {
    return undefined
  }
}
