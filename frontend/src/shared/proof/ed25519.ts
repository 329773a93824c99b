/** Checks a signature with what the browser has, else with a library (older web views, pages without HTTPS). */
export async function checks(key: Uint8Array, signature: Uint8Array, message: Uint8Array): Promise<boolean> {
  if (key.length !== 32 || signature.length !== 64) return false
  const buffer = (b: Uint8Array) => Uint8Array.from(b)
  try {
    const own = await crypto.subtle.importKey('raw', buffer(key), { name: 'Ed25519' }, false, ['verify'])
    return await crypto.subtle.verify({ name: 'Ed25519' }, own, buffer(signature), buffer(message))
  } catch {
    return (await import('./pure')).verify(key, signature, message)
  }
}
