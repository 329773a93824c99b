type Child = Node | string | undefined | false
/** An element; texts are texts, never markup. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Record<string, string> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const e = document.createElement(tag)
  for (const [name, value] of Object.entries(attributes)) e.setAttribute(name, value)
  e.append(...children.filter((c): c is Node | string => !!c))
  return e
}

const marks: Record<string, string> = {
  genuine: 'M17 29l8 8 15-17',
  revoked: 'M19 19l18 18M37 19L19 37',
  superseded: 'M19 19l18 18M37 19L19 37',
  expired: 'M28 14v15l9 6',
  forged: 'M28 14v18M28 38v4',
  unknown: 'M21 22a7 7 0 1 1 9 7q-2 1-2 5M28 38v4',
  undecided: 'M21 22a7 7 0 1 1 9 7q-2 1-2 5M28 38v4',
}
export function mark(verdict: string): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  for (const [k, v] of Object.entries({ width: '56', height: '56', viewBox: '0 0 56 56', 'aria-hidden': 'true' }))
    svg.setAttribute(k, v)
  svg.innerHTML = `<circle cx="28" cy="28" r="26" fill="var(--c)"/><path d="${marks[verdict] ?? marks.unknown}" fill="none" stroke="#fff" stroke-width="5"/>`
  return svg
}
