/** Reads QR codes from a camera: by the browser itself where it can, else by our own copy of zxing. */
export type Read = (frame: HTMLCanvasElement) => Promise<string | undefined>

interface Detector {
  detect: (of: CanvasImageSource) => Promise<{ rawValue: string }[]>
}
interface Detectors {
  new (options: { formats: string[] }): Detector
  getSupportedFormats: () => Promise<string[]>
}

async function native(): Promise<Read | undefined> {
  const Known = (globalThis as { BarcodeDetector?: Detectors }).BarcodeDetector
  if (!Known || !(await Known.getSupportedFormats().catch(() => [] as string[])).includes('qr_code')) return undefined
  const detector = new Known({ formats: ['qr_code'] })
  return async (frame) => (await detector.detect(frame))[0]?.rawValue
}

async function ours(): Promise<Read> {
  const { prepareZXingModule, readBarcodes } = await import('zxing-wasm/reader')
  prepareZXingModule({
    overrides: {
      locateFile: (path: string, prefix: string) =>
        path.endsWith('.wasm') ? '/assets/zxing_reader.wasm' : prefix + path,
    },
  })
  return async (frame) => {
    const image = frame.getContext('2d', { willReadFrequently: true })!.getImageData(0, 0, frame.width, frame.height)
    const found = await readBarcodes(image, { formats: ['QRCode'], tryHarder: true, maxNumberOfSymbols: 1 })
    return found[0]?.text || undefined
  }
}

export const reader = async (): Promise<Read> => (await native()) ?? ours()

/** Looks through the camera until a code is seen or the signal ends it. */
export async function look(video: HTMLVideoElement, signal: AbortSignal): Promise<string> {
  if (!navigator.mediaDevices?.getUserMedia) throw new DOMException('no camera', 'NotFoundError')
  const stream = await navigator.mediaDevices.getUserMedia({
    video: { facingMode: 'environment', width: { ideal: 1280 } },
    audio: false,
  })
  const stop = () => {
    for (const track of stream.getTracks()) track.stop()
  }
  try {
    video.srcObject = stream
    await video.play()
    const read = await reader()
    const frame = document.createElement('canvas')
    while (!signal.aborted) {
      const side = Math.min(video.videoWidth, video.videoHeight)
      if (side > 0) {
        frame.width = frame.height = Math.min(720, side)
        frame
          .getContext('2d', { willReadFrequently: true })!
          .drawImage(
            video,
            (video.videoWidth - side) / 2,
            (video.videoHeight - side) / 2,
            side,
            side,
            0,
            0,
            frame.width,
            frame.height,
          )
        const text = await read(frame).catch(() => undefined)
        if (text) return text
      }
      await new Promise((next) => {
        setTimeout(next, 120)
      })
    }
    throw new DOMException('ended', 'AbortError')
  } finally {
    stop()
  }
}
