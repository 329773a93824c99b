import { api, body } from '@/shared/api'
import { add, read } from './store'

export interface Proof {
  key: string
  signature: string
}

const bytes = (text: string) => new TextEncoder().encode(text)
export const base64url = (raw: ArrayBuffer) =>
  btoa(String.fromCharCode(...new Uint8Array(raw)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '')

/** The phone's key, made once; its private half never leaves the browser. */
async function pair(): Promise<CryptoKeyPair> {
  const kept = await read<CryptoKeyPair>('keys', 'device')
  if (kept) return kept
  const made = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
  await add('keys', made, 'device').catch(() => undefined) // another window was faster
  return (await read<CryptoKeyPair>('keys', 'device'))!
}

const point = async (of: CryptoKeyPair) => crypto.subtle.exportKey('raw', of.publicKey)

/** Signs lines with the phone's key; nothing where the browser cannot. */
export async function sign(...lines: string[]): Promise<Proof | undefined> {
  try {
    const own = await pair()
    const signature = await crypto.subtle.sign(
      { name: 'ECDSA', hash: 'SHA-256' },
      own.privateKey,
      bytes(lines.join('\n')),
    )
    return { key: base64url(await point(own)), signature: base64url(signature) }
  } catch {
    return undefined
  }
}

export const signScan = (session: string, code: string, direction: 'in' | 'out') =>
  sign('carecert check-in 1', session, code, direction)

/** What this phone is called at the server; nothing where it has no key. */
export async function ownId(): Promise<string | undefined> {
  try {
    return base64url(await crypto.subtle.digest('SHA-256', await point(await pair())))
  } catch {
    return undefined
  }
}

/** What the phone calls itself, for its owner to know it by. */
export function label(agent: string): string {
  const system = [/iPhone|iPad/, /HarmonyOS|OpenHarmony/, /Android/, /Windows/, /Macintosh/, /Linux/]
    .map((r) => r.exec(agent)?.[0])
    .find(Boolean)
  const model = /Android [^;)]*; ([^;)]+?)(?: Build|[;)])/.exec(agent)?.[1]
  const browser = ['MicroMessenger', 'HuaweiBrowser', 'Edg', 'Firefox', 'Chrome', 'Safari'].find((b) =>
    agent.includes(b),
  )
  const names: Record<string, string> = { MicroMessenger: 'WeChat', Edg: 'Edge', Macintosh: 'Mac' }
  const named = (x?: string) => x && (names[x] ?? x)
  return [model && model !== 'K' ? model : named(system), named(browser)].filter(Boolean).join(' · ').slice(0, 100)
}

/** Tells the server that its owner uses this phone: it may then check in without a network. */
export async function introduce(person: string) {
  const device = await sign('carecert device 1', person)
  if (!device) return undefined
  return body(api.PUT('/check-in-devices', { body: { device, label: label(navigator.userAgent) } }))
}
export const devices = async () => (await body(api.GET('/check-in-devices'))).items ?? []
export const forgetDevice = (id: string) => api.DELETE('/check-in-devices/{id}', { params: { path: { id } } })
