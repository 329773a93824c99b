const [open, close, innerOpen, innerClose] = '\u300a\u300b\u3008\u3009'

/** A title within a title takes the small brackets (GB/T 15834). */
export function nestTitles(text: string): string {
  if (!text.includes(open!)) return text
  let depth = 0
  return [...text]
    .map((c) => {
      if (c === open) return ++depth > 1 ? innerOpen : c
      if (c === close) return depth-- > 1 ? innerClose : c
      return c
    })
    .join('')
}
