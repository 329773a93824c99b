import { api, body, type Schemas } from '@/shared/api'

export type Snapshot = Schemas['StatisticsSnapshotView']
export type Listed = Schemas['StatisticsListedView']
export const rules = async () => (await body(api.GET('/statistics/rules'))).items ?? []
export const certification = (organizationId: string, asOf: string, rule?: string) =>
  body(api.GET('/statistics/certification', { params: { query: { organizationId, asOf, rule } } }))
export const people = (query: {
  limit: number
  cursor?: string
  organizationId: string
  asOf?: string
  rule?: string
  state?: 'missing' | 'certified'
}) => api.GET('/statistics/{indicator}/people', { params: { path: { indicator: 'certification' }, query } })
export const snapshots = (query: { limit: number; cursor?: string; organizationId: string }) =>
  api.GET('/statistics/snapshots', { params: { query } })
export const freeze = (organizationId: string, asOf: string, rule?: string) =>
  body(
    api.POST('/statistics/snapshots', {
      body: { indicator: 'certification', organizationId, asOf, ...(rule ? { rule } : {}) },
    }),
  )
export const recompute = (id: string) =>
  body(api.POST('/statistics/snapshots/{id}/recomputation', { params: { path: { id } } }))
