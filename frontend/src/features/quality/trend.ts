import type { Quality } from './api'

export interface Point {
  on: string
  score: number | null
  dimensions: Record<string, number | null>
}

/** The figures as points of a chart: where there was nothing to weigh, there is no point. */
export function points(figures: Quality[]): Point[] {
  return figures.map((q) => ({
    on: q.asOf,
    score: q.score === null ? null : Number(q.score),
    dimensions: Object.fromEntries(
      (q.dimensions ?? []).map((d) => [d.dimension, d.denominator ? Number(d.percent) : null]),
    ),
  }))
}

/** How the score changed since the point before, in hundredths; undefined where one of the two is missing. */
export function change(all: Point[]): number | undefined {
  const [before, now] = all.slice(-2)
  if (!before || !now || before.score === null || now.score === null) return undefined
  return Math.round(now.score * 100) - Math.round(before.score * 100)
}

/** The lowest mark of the axis: a round ten below everything that is shown, so that small steps are seen. */
export function floor(all: Point[]): number {
  const shown = all.flatMap((p) => [p.score, ...Object.values(p.dimensions)]).filter((v): v is number => v !== null)
  return shown.length ? Math.max(0, Math.floor((Math.min(...shown) - 1) / 10) * 10) : 0
}
