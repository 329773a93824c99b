import { api, body, type Schemas } from '@/shared/api'
import type { Tone } from '@/shared/ui/Tag.vue'

export type Finding = Schemas['OversightFindingView']
export type Case = Schemas['OversightCaseView']
export type CaseSession = Schemas['OversightCaseSessionView']
export type Decision = Schemas['OversightDecideBody']
export type Kind = Finding['kind']
export type Status = Finding['status']
export type Asked = Status | 'todo'

export const statuses = ['todo', 'open', 'inReview', 'confirmed', 'dismissed', 'gone'] as const
export const tones: Record<Status, Tone> = {
  open: 'warn',
  inReview: 'info',
  confirmed: 'bad',
  dismissed: 'quiet',
  gone: 'quiet',
}
export const weights: Record<Finding['severity'], Tone> = { high: 'bad', medium: 'warn', low: 'quiet' }

const at = (id: string) => ({ params: { path: { id } } })

export const findings = (query: {
  limit: number
  cursor?: string
  organizationId?: string
  status?: Asked
  kind?: Kind
}) => api.GET('/radar/findings', { params: { query } })
export const summary = (organizationId?: string) =>
  body(api.GET('/radar/summary', { params: { query: { organizationId } } }))
export const finding = (id: string) => body(api.GET('/radar/findings/{id}', at(id)))
export const decide = (id: string, draft: Decision) =>
  body(api.POST('/radar/findings/{id}/decisions', { ...at(id), body: draft }))
export const answer = (id: string, text: string) =>
  body(api.POST('/radar/findings/{id}/statements', { ...at(id), body: { text } }))
