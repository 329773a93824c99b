import { offline } from '@/shared/proof/judge'
import { keptKeys, keptListFor } from '@/shared/proof/known'
import { parse } from '@/shared/proof/payload'
import type { Entry, Member, Verdict } from './count'

/** A scan as it is entered, with what is shown of it. */
export interface Judged {
  entry: Pick<Entry, 'how' | 'text' | 'code' | 'verdict' | 'showing'>
  name: string
  title: string
}

/** Judges a code with the keys and lists that the phone carries: no network is asked. */
export async function judge(raw: string, members: readonly Member[], now = new Date()): Promise<Judged> {
  const text = raw.trim().slice(0, 4096)
  const parsed = parse(text)
  const facts = 'ok' in parsed ? parsed.ok.facts : undefined
  const found = await offline(text, keptKeys(), facts && keptListFor(facts.status), now)
  const code = found.facts?.code
  const own = members.find((m) => !!code && m.codes.includes(code))
  // What was known when the roster was loaded stands also where a list is missing.
  const carried = code ? own?.verdicts[code] : undefined
  const verdict: Verdict = found.verdict === 'genuine' && carried && carried !== 'genuine' ? carried : found.verdict
  return {
    entry: {
      how: 'scanned',
      text,
      code,
      verdict,
      showing: 'ok' in parsed && parsed.ok.live ? 'live' : 'static',
    },
    name: own?.name ?? found.facts?.nameMasked ?? '',
    title: found.facts?.title ?? '',
  }
}
