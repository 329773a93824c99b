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

export type Coverage = Schemas['StatisticsCoverageView']
export type Share = Schemas['StatisticsShareView']
export type Standard = Schemas['StatisticsStandardView']
export type CoverageStanding = Schemas['StatisticsCoverageStandingView']
export type Social = Schemas['StatisticsSocialView']
export type SocialSum = Schemas['StatisticsSocialSumView']
interface Part {
  limit: number
  cursor?: string
  organizationId: string
  asOf?: string
}
export const catalogue = async () => (await body(api.GET('/standards'))).items ?? []
export const coverage = (organizationId: string, asOf: string, standards?: string) =>
  body(api.GET('/statistics/coverage', { params: { query: { organizationId, asOf, standards } } }))
export const coverageInstitutions = (query: Part & { standards?: string }) =>
  api.GET('/statistics/coverage/institutions', { params: { query } })
export const coveragePeople = (query: Part & { standards?: string; state?: 'missing' | 'met' }) =>
  api.GET('/statistics/{indicator}/people', { params: { path: { indicator: 'coverage' }, query } })
export const freezeCoverage = (organizationId: string, asOf: string, standards?: string) =>
  body(
    api.POST('/statistics/snapshots', {
      body: { indicator: 'coverage', organizationId, asOf, ...(standards ? { standards } : {}) },
    }),
  )
export const socialWorkers = (query: Part) => api.GET('/statistics/social-workers', { params: { query } })
export const socialPeople = (query: Part & { state?: 'missing' | 'met' }) =>
  api.GET('/statistics/{indicator}/people', { params: { path: { indicator: 'social-workers' }, query } })
export const freezeSocial = (organizationId: string, asOf: string) =>
  body(api.POST('/statistics/snapshots', { body: { indicator: 'social-workers', organizationId, asOf } }))
