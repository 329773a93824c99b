import type { Item } from './api'
import { point } from './layout'

export type Values = Record<string, string>

/** Writes the values of fields into a text. */
export const fill = (text: string, values: Values) =>
  text.replace(/\{([A-Za-z]+)\}/g, (whole, field: string) => values[field] ?? whole)

const pen = typeof document === 'undefined' ? null : document.createElement('canvas').getContext('2d')

/** How wide a text is, in millimetres. */
export function width(text: string, size: number, spacing: number): number {
  const letters = [...text].length
  if (!pen) return letters * size * point
  pen.font = `100px 'LXGW WenKai', 'Kaiti SC', KaiTi, serif`
  return (pen.measureText(text).width / 100) * size * point + spacing * point * Math.max(0, letters - 1)
}

export interface Row {
  text: string
  x: number
  y: number
  size: number
  spacing: number
}

/** Where the base line stands below the upper edge, as a part of the size: as the printer has it. */
const ascent = 0.88
const leads = (r: string) => '，。、；：）》”,.;:)%'.includes(r)

function broken(text: string, size: number, widest: number): string[] {
  const out: string[] = []
  for (const paragraph of text.split('\n')) {
    let line = ''
    for (const word of paragraph.match(/[\u2e80-\u{10ffff}]|[^\s\u2e80-\u{10ffff}]+|\s+/gu) ?? ['']) {
      if (line && width(line + word, size, 0) > widest && !leads(word)) {
        out.push(line.trimEnd())
        line = word.trim()
      } else line += word
    }
    out.push(line)
  }
  return out
}

/** The lines of a text as the printer lays them out: near enough to place things by; the preview is exact. */
export function rows(e: Item, values: Values): Row[] {
  const size = e.size ?? 12
  const text = fill(e.text ?? '', values)
  let used = size
  let lines = e.wrap ? broken(text, used, e.w) : [text.replaceAll('\n', ' ')]
  const leading = e.leading || 1.5
  while (e.wrap && used > 6 && (lines.length * leading - leading + 1) * used * point > e.h) {
    used *= 0.95
    lines = broken(text, used, e.w)
  }
  return lines.map((line, n) => {
    const natural = width(line, used, e.spacing ?? 0)
    const by = natural > e.w && natural > 0 ? e.w / natural : 1
    const w = Math.min(natural, e.w)
    const x = e.align === 'centre' ? e.x + (e.w - w) / 2 : e.align === 'right' ? e.x + e.w - w : e.x
    return {
      text: line,
      x,
      y: e.y + ascent * size * point + n * used * leading * point,
      size: used * by * point,
      spacing: (e.spacing ?? 0) * by * point,
    }
  })
}
