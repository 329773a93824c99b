import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'

/** A file that somebody was handed, opened on this device: nothing of it is sent anywhere. */
export interface Opened {
  /** Texts of the QR codes on it, each once, in their order. */
  codes: string[]
  /** The lines of a PDF; none where it is a picture. */
  lines: string[]
  /** Its first page. */
  picture: HTMLCanvasElement
}
export type Trouble = 'tooLarge' | 'unreadable' | 'tooLong'
export class Unopened extends Error {
  constructor(readonly why: Trouble) {
    super(why)
  }
}

const MEGABYTES = 20
const PAGES = 5
const WIDEST = 2400

async function codesOn(canvas: HTMLCanvasElement): Promise<string[]> {
  prepareZXingModule({
    overrides: {
      locateFile: (path: string, prefix: string) =>
        path.endsWith('.wasm') ? '/assets/zxing_reader.wasm' : prefix + path,
    },
  })
  const image = canvas.getContext('2d', { willReadFrequently: true })!.getImageData(0, 0, canvas.width, canvas.height)
  const found = await readBarcodes(image, { formats: ['QRCode'], tryHarder: true, maxNumberOfSymbols: 8 })
  return found.map((f) => f.text).filter(Boolean)
}

function sheet(width: number, height: number): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = document.createElement('canvas')
  canvas.width = Math.round(width)
  canvas.height = Math.round(height)
  const pen = canvas.getContext('2d', { willReadFrequently: true })!
  pen.fillStyle = '#fff'
  pen.fillRect(0, 0, canvas.width, canvas.height)
  return [canvas, pen]
}

async function photograph(file: Blob): Promise<Opened> {
  const image = await createImageBitmap(file).catch(() => {
    throw new Unopened('unreadable')
  })
  const scale = Math.min(1, WIDEST / Math.max(image.width, image.height))
  const [picture, pen] = sheet(image.width * scale, image.height * scale)
  pen.drawImage(image, 0, 0, picture.width, picture.height)
  return { codes: [...new Set(await codesOn(picture))], lines: [], picture }
}

async function pdf(file: Blob): Promise<Opened> {
  const { getDocument, GlobalWorkerOptions } = await import('pdfjs-dist/legacy/build/pdf.mjs')
  const { default: worker } = await import('pdfjs-dist/legacy/build/pdf.worker.min.mjs?url')
  GlobalWorkerOptions.workerSrc = worker
  const task = getDocument({ data: new Uint8Array(await file.arrayBuffer()), disableFontFace: false })
  try {
    const doc = await task.promise.catch(() => {
      throw new Unopened('unreadable')
    })
    if (doc.numPages > PAGES) throw new Unopened('tooLong')
    const out: Opened = { codes: [], lines: [], picture: document.createElement('canvas') }
    for (let n = 1; n <= doc.numPages; n++) {
      const page = await doc.getPage(n)
      const plain = page.getViewport({ scale: 1 })
      const viewport = page.getViewport({ scale: Math.min(3, WIDEST / Math.max(plain.width, plain.height)) })
      const [canvas, canvasContext] = sheet(viewport.width, viewport.height)
      await page.render({ canvas, canvasContext, viewport }).promise
      if (n === 1) out.picture = canvas
      out.codes.push(...(await codesOn(canvas)))
      let line = ''
      for (const item of (await page.getTextContent()).items) {
        if (!('str' in item)) continue
        line += item.str
        if (item.hasEOL) {
          out.lines.push(line)
          line = ''
        }
      }
      out.lines.push(line)
    }
    out.codes = [...new Set(out.codes)]
    out.lines = out.lines.filter((l) => l.trim())
    return out
  } finally {
    await task.destroy()
  }
}

/** Opens a PDF or a photograph; Unopened says why not. */
export async function openDocument(file: File): Promise<Opened> {
  if (file.size > MEGABYTES << 20) throw new Unopened('tooLarge')
  const head = new TextDecoder('latin1').decode(await file.slice(0, 1024).arrayBuffer())
  return head.includes('%PDF-') ? pdf(file) : photograph(file)
}
