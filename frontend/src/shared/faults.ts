import { Refusal } from './api'

/** What the server says about one field of a form; shown at the field. */
export function faultAt(error: unknown, field: string): string | undefined {
  if (!(error instanceof Refusal)) return undefined
  const at = `body.${field}`
  return (error.problem.errors ?? []).find(
    (e) => e.location === at || e.location?.startsWith(`${at}[`) || e.location?.startsWith(`${at}.`),
  )?.message
}
