import type { Content, Item } from './api'

/** A4 in millimetres. */
export function page(c: Pick<Content, 'orientation'>): { width: number; height: number } {
  return c.orientation === 'portrait' ? { width: 210, height: 297 } : { width: 297, height: 210 }
}

/** Points in millimetres. */
export const point = 25.4 / 72

export const round = (v: number) => Math.round(v * 100) / 100

export type Edge = 'left' | 'right' | 'top' | 'bottom'
export interface Guide {
  axis: 'x' | 'y'
  at: number
}

const square = (e: Item) => e.type === 'seal' || e.type === 'qr'
const smallest = 1

/** Keeps an element on the page. */
export function kept(e: Item, c: Content): Item {
  const { width, height } = page(c)
  const w = Math.min(Math.max(e.w, e.type === 'line' ? 0 : smallest), width)
  const h = Math.min(Math.max(e.h, e.type === 'line' ? 0 : smallest), height)
  return {
    ...e,
    w: round(w),
    h: round(h),
    x: round(Math.min(Math.max(e.x, 0), width - w)),
    y: round(Math.min(Math.max(e.y, 0), height - h)),
  }
}

export const moved = (e: Item, dx: number, dy: number, c: Content) => kept({ ...e, x: e.x + dx, y: e.y + dy }, c)

/** Pulls edges; what has to be square stays so. */
export function resized(e: Item, edges: Edge[], dx: number, dy: number, c: Content): Item {
  const next = { ...e }
  if (edges.includes('right')) next.w = e.w + dx
  if (edges.includes('bottom')) next.h = e.h + dy
  if (edges.includes('left')) {
    next.w = Math.max(smallest, e.w - dx)
    next.x = e.x + e.w - next.w
  }
  if (edges.includes('top')) {
    next.h = Math.max(e.type === 'line' ? 0 : smallest, e.h - dy)
    next.y = e.y + e.h - next.h
  }
  if (square(e)) {
    const upright = edges.includes('left') || edges.includes('right')
    const side = Math.max(smallest, upright ? next.w : next.h)
    if (edges.includes('left')) next.x = e.x + e.w - side
    if (edges.includes('top')) next.y = e.y + e.h - side
    next.w = next.h = side
  }
  return kept(next, c)
}

/** How near, in millimetres, something has to come to be drawn to a line. */
const pull = 1.2

/** Draws a moved element to the middle of the page and to the edges and middles of the others, else to whole millimetres. */
export function snapped(e: Item, c: Content): { item: Item; guides: Guide[] } {
  const { width, height } = page(c)
  const others = c.elements.filter((o) => o.id !== e.id && o.type !== 'frame')
  const lines = {
    x: [width / 2, ...others.flatMap((o) => [o.x, o.x + o.w / 2, o.x + o.w])],
    y: [height / 2, ...others.flatMap((o) => [o.y, o.y + o.h / 2, o.y + o.h])],
  }
  const guides: Guide[] = []
  const along = (axis: 'x' | 'y', start: number, size: number) => {
    let best = { by: pull, line: NaN }
    for (const own of [start + size / 2, start, start + size])
      for (const line of lines[axis]) if (Math.abs(line - own) < Math.abs(best.by)) best = { by: line - own, line }
    if (Number.isNaN(best.line)) return Math.round(start)
    guides.push({ axis, at: best.line })
    return start + best.by
  }
  const item = kept({ ...e, x: along('x', e.x, e.w), y: along('y', e.y, e.h) }, c)
  return { item, guides }
}

const steps: Record<string, [number, number]> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
}

/** What an arrow key does: 1 mm, with Shift 10 mm, with Alt 0.1 mm; with Ctrl it resizes. */
export function nudged(
  e: Item,
  key: { key: string; shiftKey: boolean; altKey: boolean; ctrlKey: boolean; metaKey: boolean },
  c: Content,
): Item | undefined {
  const step = steps[key.key]
  if (!step) return undefined
  const by = key.shiftKey ? 10 : key.altKey ? 0.1 : 1
  const [dx, dy] = [step[0] * by, step[1] * by]
  if (!key.ctrlKey && !key.metaKey) return moved(e, dx, dy, c)
  return resized(e, dx ? ['right'] : ['bottom'], dx, dy, c)
}

export const replaced = (c: Content, next: Item): Content => ({
  ...c,
  elements: c.elements.map((e) => (e.id === next.id ? next : e)),
})
export const without = (c: Content, id: string): Content => ({ ...c, elements: c.elements.filter((e) => e.id !== id) })

/** Puts an element in front of another, or behind it. */
export function raised(c: Content, id: string, by: 1 | -1): Content {
  const from = c.elements.findIndex((e) => e.id === id)
  const to = from + by
  if (from < 0 || to < 0 || to >= c.elements.length) return c
  const elements = [...c.elements]
  const [taken] = elements.splice(from, 1)
  elements.splice(to, 0, taken!)
  return { ...c, elements }
}

export function freshId(c: Content, type: string): string {
  for (let n = 1; ; n++) if (!c.elements.some((e) => e.id === `${type}${n}`)) return `${type}${n}`
}

const blanks: Record<Item['type'], Partial<Item>> = {
  text: { w: 60, h: 7, size: 14, colour: '#1d2a2c', align: 'left' },
  line: { w: 60, h: 0, stroke: 0.7, colour: '#a9772a' },
  box: { w: 40, h: 25, stroke: 0.7, colour: '#667372' },
  frame: { w: 100, h: 80, stroke: 2.4, colour: '#a9772a' },
  seal: { w: 40, h: 40, colour: '#bd1e1e', text: '{issuer}' },
  image: { w: 30, h: 30 },
  qr: { w: 36, h: 36 },
}

/** A new element in the upper left part of the page. */
export function added(c: Content, type: Item['type'], more: Partial<Item> = {}): { content: Content; id: string } {
  const id = freshId(c, type)
  const item = kept({ id, type, x: 20, y: 20, w: 10, h: 10, ...blanks[type], ...more }, c)
  return { content: { ...c, elements: [...c.elements, item] }, id }
}

/** Turns the page; what would stand outside comes to its edge. */
export function turned(c: Content, orientation: Content['orientation']): Content {
  const next = { ...c, orientation }
  return { ...next, elements: next.elements.map((e) => kept(e, next)) }
}

export interface Change {
  id: string
  kind: 'added' | 'removed' | 'changed'
  property?: string
  before?: string
  after?: string
}

const told = (v: unknown) => (v === undefined || v === '' ? '—' : typeof v === 'object' ? JSON.stringify(v) : String(v))

/** What a draft changes, one line each, before and after. */
export function changes(before: Content | undefined, after: Content): Change[] {
  const out: Change[] = []
  if (!before) return after.elements.map((e) => ({ id: e.id, kind: 'added' }))
  const page = (property: string, b: unknown, a: unknown) => {
    if (told(b) !== told(a)) out.push({ id: '', kind: 'changed', property, before: told(b), after: told(a) })
  }
  page('orientation', before.orientation, after.orientation)
  page('months', before.validity.months, after.validity.months)
  page('until', before.validity.until, after.validity.until)
  for (const e of before.elements) {
    const now = after.elements.find((x) => x.id === e.id)
    if (!now) {
      out.push({ id: e.id, kind: 'removed' })
      continue
    }
    for (const property of new Set([...Object.keys(e), ...Object.keys(now)])) {
      const [b, a] = [e[property as keyof Item], now[property as keyof Item]]
      if (told(b) !== told(a)) out.push({ id: e.id, kind: 'changed', property, before: told(b), after: told(a) })
    }
  }
  for (const e of after.elements) if (!before.elements.some((x) => x.id === e.id)) out.push({ id: e.id, kind: 'added' })
  return out
}

/** Undo and redo; what is done in one go is taken back in one. */
export class History<T> {
  private past: T[] = []
  private future: T[] = []
  private going = ''
  constructor(private present: T) {}
  get now() {
    return this.present
  }
  get canUndo() {
    return this.past.length > 0
  }
  get canRedo() {
    return this.future.length > 0
  }
  /** Steps with the same gesture, one behind the other, are one. */
  step(next: T, gesture = '') {
    if (!gesture || gesture !== this.going) this.past.push(this.present)
    if (this.past.length > 200) this.past.shift()
    this.going = gesture
    this.future = []
    this.present = next
  }
  /** The gesture is over: the same again is another step. */
  rest() {
    this.going = ''
  }
  undo() {
    const last = this.past.pop()
    if (last === undefined) return
    this.future.push(this.present)
    this.present = last
    this.going = ''
  }
  redo() {
    const next = this.future.pop()
    if (next === undefined) return
    this.past.push(this.present)
    this.present = next
    this.going = ''
  }
}
