import { api, body, type Schemas } from '@/shared/api'

export type Programme = Schemas['ProgrammesProgrammeView']
export type Draft = Schemas['ProgrammesBeginBody']
export type Change = Schemas['ProgrammesChangeBody']
export type Heads = Schemas['StatisticsHeadsView']
export type Home = Schemas['StatisticsHeadsStandingView']
export type Listed = Schemas['StatisticsListedView']
export const kinds = [
  'training',
  'standards',
  'qualityUp',
  'rateTarget',
  'goldManager',
  'spearhead',
  'informalCare',
  'other',
] as const
export const states = ['running', 'planned', 'ended'] as const

const at = (id: string) => ({ params: { path: { id } } })

export const programmes = (query: {
  limit: number
  cursor?: string
  organizationId?: string
  state?: 'running' | 'planned' | 'ended'
  q?: string
}) => api.GET('/programmes', { params: { query } })
/** A programme with the version that a change must name. */
export const read = async (id: string) => {
  const answer = await api.GET('/programmes/{id}', at(id))
  return { programme: await body(Promise.resolve(answer)), etag: answer.response.headers.get('ETag') ?? '' }
}
export const begin = (draft: Draft) => body(api.POST('/programmes', { body: draft }))
export const change = (id: string, etag: string, what: Change) =>
  body(api.PATCH('/programmes/{id}', { params: { path: { id }, header: { 'If-Match': etag } }, body: what }))
export const heads = (programmeId: string, organizationId: string | undefined, asOf: string) =>
  body(api.GET('/statistics/heads', { params: { query: { programmeId, organizationId, asOf } } }))
export const homes = (query: { limit: number; cursor?: string; programmeId: string; asOf?: string }) =>
  api.GET('/statistics/heads/institutions', { params: { query } })
export const people = (query: {
  limit: number
  cursor?: string
  programmeId: string
  organizationId?: string
  asOf?: string
  state?: 'missing' | 'met'
}) => api.GET('/statistics/{indicator}/people', { params: { path: { indicator: 'heads' }, query } })
export const freeze = (programmeId: string, organizationId: string, asOf: string) =>
  body(api.POST('/statistics/snapshots', { body: { indicator: 'heads', organizationId, programmeId, asOf } }))
