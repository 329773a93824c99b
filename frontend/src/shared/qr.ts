import code from 'qrcode-generator'

export interface Code {
  size: number
  path: string
  version: number
}

/** A QR code as one SVG path (level M, alphanumeric where the text allows it) with a quiet zone of four. */
export function draw(text: string): Code {
  const qr = code(0, 'M')
  qr.addData(text, /^[0-9A-Z $%*+\-./:]+$/.test(text) ? 'Alphanumeric' : 'Byte')
  qr.make()
  const n = qr.getModuleCount()
  let path = ''
  for (let y = 0; y < n; y++) {
    for (let x = 0; x < n; x++) {
      if (!qr.isDark(y, x)) continue
      let w = 1
      while (x + w < n && qr.isDark(y, x + w)) w++
      path += `M${x + 4} ${y + 4}h${w}v1h-${w}z`
      x += w
    }
  }
  return { size: n + 8, path, version: (n - 17) / 4 }
}
