import { sm2 } from 'sm-crypto-v2'

const hex = (b: Uint8Array) => Array.from(b, (n) => n.toString(16).padStart(2, '0')).join('')

/** SM2 with SM3 and the signer's identity of GB/T 35276, which is the library's own default. */
export function verify(x: Uint8Array, y: Uint8Array, signature: Uint8Array, message: Uint8Array): boolean {
  if (x.length !== 32 || y.length !== 32 || signature.length !== 64) return false
  try {
    return sm2.doVerifySignature(message, hex(signature), `04${hex(x)}${hex(y)}`, { hash: true, der: false })
  } catch {
    return false // a point off the curve
  }
}
