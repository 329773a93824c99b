/** The one after, or before, in a list; the same one at its ends. */
export function following(ids: readonly string[], at: string, by: 1 | -1): string {
  const here = ids.indexOf(at)
  if (here < 0) return ids[0] ?? ''
  return ids[here + by] ?? at
}

/** Where to go once the one at hand has left the list. */
export function afterwards(ids: readonly string[], at: string): string {
  const here = ids.indexOf(at)
  return ids[here + 1] ?? ids[here - 1] ?? ''
}
