import { parse } from '@/shared/proof/payload'
import { openHead, readLogKey, type Head } from './note'
import { base64, digest, follows, hashOf, leafHash, rootFrom, same } from './tree'

export interface Published {
  size: number
  rootHash: string
  note: string
  at: string
  verifier: string
}
export interface Proof {
  leafIndex: number
  treeSize: number
  leaf: string
  path?: string[] | null
  note: string
}
export interface Growth {
  from: number
  fromRootHash: string
  treeSize: number
  path?: string[] | null
  note: string
}

export type StepKey = 'key' | 'head' | 'leaf' | 'text' | 'path' | 'kept' | 'root' | 'growth' | 'shorter'
/** One step: whether it holds, and what was laid beside what. */
export interface Step {
  key: StepKey
  holds: boolean
  values: Record<string, string>
}
const step = (key: StepKey, holds: boolean, values: Record<string, string> = {}): Step => ({ key, holds, values })
export const failed = (steps: Step[]) => steps.find((s) => !s.holds)

/** A code as the register writes it: what is misread for a letter that it does not use is mended. */
const plain = (code: string) => code.toUpperCase().replace(/[\s-]/g, '').replace(/O/g, '0').replace(/[IL]/g, '1')

/** What somebody typed, scanned or pasted: the code, and the signed text of a QR code where it is one. */
export function asked(input: string): { code: string; text?: string } {
  const given = input.trim()
  const parsed = parse(given)
  if ('ok' in parsed) {
    const { base, facts } = parsed.ok
    const rest = base.slice(base.indexOf('://') + 3)
    const home = rest.includes('/') ? base : base.toUpperCase()
    return { code: facts.code, text: `${home}/V/${facts.code}#${given.slice(given.indexOf('#') + 1)}` }
  }
  const [, inAddress] = /\/v\/([0-9A-Za-z]+)/i.exec(given) ?? []
  return { code: plain(inAddress ?? given) }
}

async function openedHead(note: string, verifier: string): Promise<{ head?: Head; id: string }> {
  const key = await readLogKey(verifier)
  return { head: key && (await openHead(note, key)), id: key?.id ?? '' }
}

/** Checks that a certificate's issue is in the log: nothing is believed but the log's key. */
export async function checkInclusion(input: string, proof: Proof, verifier: string): Promise<Step[]> {
  const { code, text } = asked(input)
  const { head, id } = await openedHead(proof.note, verifier)
  const size = String(head?.size ?? proof.treeSize)
  const steps = [
    step('head', !!head && head.size === proof.treeSize, { id, size, root: head ? base64(head.root) : '' }),
  ]
  let told: Record<string, unknown> = {}
  try {
    told = JSON.parse(proof.leaf) as Record<string, unknown>
  } catch {
    /* then it tells nothing of this certificate */
  }
  const leaf = await leafHash(proof.leaf)
  const ours = told.kind === 'issue' && told.code === code
  steps.push(step('leaf', ours, { hash: base64(leaf), code, told: typeof told.code === 'string' ? told.code : '' }))
  if (text) {
    const hash = base64(await digest(Uint8Array.of(0), new TextEncoder().encode(text)))
    const logged = String(told.factsHash ?? '')
    steps.push(step('text', url(hash) === logged, { hash: url(hash), logged }))
  }
  const path = (proof.path ?? []).map(hashOf)
  const root = await rootFrom(proof.leafIndex, proof.treeSize, leaf, path)
  const values = {
    n: String(path.length),
    index: String(proof.leafIndex + 1),
    root: root ? base64(root) : '—',
    signed: head ? base64(head.root) : '—',
  }
  return [...steps, step('path', !!head && same(root, head.root), values)]
}
/** Base64 as addresses have it, without the signs that fill it up. */
const url = (text: string) => text.replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')

/** Checks that the log as it is now goes on from a head that somebody kept. */
export async function checkGrowth(
  kept: string,
  verifier: string,
  now: Published,
  ask: (from: number) => Promise<Growth>,
): Promise<Step[]> {
  const old = await openedHead(kept, verifier)
  const steps = [
    step('kept', !!old.head, {
      id: old.id,
      size: String(old.head?.size ?? ''),
      root: old.head ? base64(old.head.root) : '',
    }),
  ]
  if (!old.head || old.head.size === 0) return steps
  if (old.head.size > now.size) {
    return [...steps, step('shorter', false, { kept: String(old.head.size), size: String(now.size) })]
  }
  const growth = await ask(old.head.size)
  const { head, id } = await openedHead(growth.note, verifier)
  steps.push(
    step('head', !!head && head.size === growth.treeSize, {
      id,
      size: String(growth.treeSize),
      root: head ? base64(head.root) : '',
    }),
    step('root', growth.fromRootHash === base64(old.head.root), {
      size: String(old.head.size),
      kept: base64(old.head.root),
      now: growth.fromRootHash,
    }),
  )
  const path = (growth.path ?? []).map(hashOf)
  const grown = !!head && (await follows(old.head, head, path))
  return [
    ...steps,
    step('growth', grown, { n: String(path.length), from: String(old.head.size), to: String(growth.treeSize) }),
  ]
}
