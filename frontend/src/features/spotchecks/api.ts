import { api, body, type Schemas } from '@/shared/api'
import type { Tone } from '@/shared/ui/Tag.vue'

export type Check = Schemas['SpotchecksCheckView']
export type Detail = Schemas['SpotchecksCheckDetailView']
export type Entry = Schemas['SpotchecksEntryView']
export type Stage = Check['stage']
export type Verdict = NonNullable<Entry['told']>

export const stages = ['prepared', 'sent', 'lapsed'] as const
export const tones: Record<Stage, Tone> = { prepared: 'warn', lapsed: 'quiet', sent: 'good' }
export const standings: Record<Entry['standing'], Tone> = {
  onRoster: 'good',
  notOnBooks: 'bad',
  other: 'info',
  nobody: 'quiet',
}
export const verdicts: Record<Verdict, Tone> = {
  genuine: 'good',
  expired: 'warn',
  superseded: 'info',
  revoked: 'bad',
  forged: 'forged',
  unknown: 'quiet',
  undecided: 'quiet',
}

const at = (id: string) => ({ params: { path: { id } } })

export const checks = (query: { limit: number; cursor?: string; organizationId?: string; stage?: Stage }) =>
  api.GET('/spot-checks', { params: { query } })
export const check = (id: string): Promise<Detail> => body(api.GET('/spot-checks/{id}', at(id)))
export const prepare = (organizationId: string): Promise<Check> =>
  body(api.POST('/spot-checks', { body: { organizationId } }))
export const answer = (id: string, text: string) =>
  body(api.POST('/spot-checks/{id}/answer', { ...at(id), body: { text } }))
