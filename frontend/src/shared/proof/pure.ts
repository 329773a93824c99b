import { hashes, verify as check } from '@noble/ed25519'
import { sha512 } from '@noble/hashes/sha2.js'

hashes.sha512 = sha512

/** By RFC 8032 as the server's Go does it, not by the laxer ZIP 215. */
export const verify = (key: Uint8Array, signature: Uint8Array, message: Uint8Array) =>
  check(signature, message, key, { zip215: false })
