/** A public key, as the program publishes it. */
export interface PublicKey {
  crv?: string
  x: string
  y?: string
}

export function bytesOf(base64url: string): Uint8Array {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'))
  return Uint8Array.from(text, (c) => c.charCodeAt(0))
}

/** Checks a signature by the algorithm of the key. */
export async function checks(key: PublicKey, signature: Uint8Array, message: Uint8Array): Promise<boolean> {
  switch (key.crv ?? 'Ed25519') {
    case 'Ed25519':
      return ed25519(bytesOf(key.x), signature, message)
    case 'SM2':
      return (await import('./sm2')).verify(bytesOf(key.x), bytesOf(key.y ?? ''), signature, message)
    default:
      return false
  }
}

/** With what the browser has, else with a library (older web views, pages without HTTPS). */
export async function ed25519(key: Uint8Array, signature: Uint8Array, message: Uint8Array): Promise<boolean> {
  if (key.length !== 32 || signature.length !== 64) return false
  const buffer = (b: Uint8Array) => Uint8Array.from(b)
  try {
    const own = await crypto.subtle.importKey('raw', buffer(key), { name: 'Ed25519' }, false, ['verify'])
    return await crypto.subtle.verify({ name: 'Ed25519' }, own, buffer(signature), buffer(message))
  } catch {
    return (await import('./pure')).verify(key, signature, message)
  }
}
