import type { Schemas } from '../api'
import { say } from '../i18n'

export type RecordItem = Schemas['RecordItem']
export interface YearOfItems {
  year: string
  items: RecordItem[]
}

/** A timeline by years, the latest first; the order within a year is the server's. */
export function byYear(items: RecordItem[]): YearOfItems[] {
  const out: YearOfItems[] = []
  for (const item of items) {
    const year = item.on.slice(0, 4)
    const last = out.at(-1)
    if (last?.year === year) last.items.push(item)
    else out.push({ year, items: [item] })
  }
  return out
}

/** When it was, as one reads it: a day, a stretch, or since a day. */
export function when(item: RecordItem, since: (from: string) => string): string {
  if (item.open) return since(item.on)
  if (!item.until || item.until === item.on) return item.on
  return `${item.on} – ${item.until}`
}

/** An organisation as it was called then, and beside it as it is called now. */
export function named(name?: string, now?: string): string {
  return now ? say('shared.nowNamed', { name: name ?? '', now }) : (name ?? '')
}

const pages: [RegExp, (id: string) => string][] = [
  [/^\/api\/v1\/classes\/([^/?]+)$/, (id) => `/classes/${id}`],
  [/^\/api\/v1\/certificates\/([^/?]+)$/, (id) => `/certificates/${id}`],
  [/^\/api\/v1\/organizations\/([^/?]+)$/, (id) => `/organizations/${id}`],
  [/^\/api\/v1\/people\/([^/?]+)\/hours/, (id) => `/hours/${id}`],
]

/** The page that shows what a piece of evidence points to; none for what has no page. */
export function pageOf(href: string): string | undefined {
  for (const [shape, page] of pages) {
    const id = shape.exec(href)?.[1]
    if (id) return page(id)
  }
  return undefined
}
