const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const sessionPart = 26
const codeLength = 8

export interface Read {
  session?: string
  code: string
}

/** Reads what a camera or a thumb entered: the short code, or the long one that names its session. */
export function readCode(text: string): Read | undefined {
  const last = text.trim().toUpperCase().split('/').at(-1)!.replaceAll(/[-\s]/g, '')
  if (last.length === codeLength) return { code: last }
  if (last.length !== sessionPart + codeLength) return undefined
  let bits = 0n
  for (const letter of last.slice(0, sessionPart)) {
    const value = letters.indexOf(letter)
    if (value < 0) return undefined
    bits = (bits << 5n) | BigInt(value)
  }
  const hex = (bits >> 2n).toString(16).padStart(32, '0') // 26 letters hold 130 bits, an id has 128
  const session = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
  return { session, code: last.slice(sessionPart) }
}
