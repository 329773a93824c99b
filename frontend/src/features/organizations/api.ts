import { api, body, versioned, type Schemas } from '@/shared/api'

export type Organization = Schemas['OrganizationsOrganizationView']
export type Draft = Schemas['OrganizationsRegisterInputBody']
export type Kind = Draft['kind']
/** GB/T 37276: the five grades, as certificates write them. */
export const grades = ['\u4e00\u7ea7', '\u4e8c\u7ea7', '\u4e09\u7ea7', '\u56db\u7ea7', '\u4e94\u7ea7']
export const kinds = [
  'institution',
  'trainingSchool',
  'practiceBase',
  'assessmentBody',
  'subdistrict',
  'districtBureau',
  'cityBureau',
  'operatorGroup',
] as const

/** The divisions above the street, or the streets of one. */
export const regions = async (parent?: string) =>
  (await body(api.GET('/organizations/regions', { params: { query: { parent } } }))).items ?? []

const at = (id: string) => ({ params: { path: { id } } })
export const list = (query: {
  limit: number
  cursor?: string
  kind?: Kind
  q?: string
  organizationId?: string
  flag?: 'noDirector'
  asOf?: string
}) => api.GET('/organizations', { params: { query } })
/** With the version that a change is made against. */
export async function read(id: string, asOf?: string): Promise<Organization & { version: string }> {
  const { data, version } = await versioned(
    api.GET('/organizations/{id}', { params: { path: { id }, query: { asOf } } }),
  )
  return { ...data, version }
}
export const register = (draft: Draft) => body(api.POST('/organizations', { body: draft }))
/** Refused when somebody else has changed it since it was read. */
export const amend = (id: string, version: string, change: Schemas['OrganizationsAmendInputBody']) =>
  body(api.PATCH('/organizations/{id}', { params: { path: { id }, header: { 'If-Match': version } }, body: change }))
export type Node = Schemas['OrganizationsNodeView']
export type Site = Schemas['OrganizationsSiteView']
export const branch = (query: { limit: number; cursor?: string; parentId?: string; asOf?: string }) =>
  api.GET('/organizations/tree', { params: { query } })
export const relations = (id: string) => body(api.GET('/organizations/{id}/relations', at(id)))
export const directors = async (id: string) =>
  (await body(api.GET('/organizations/{id}/directors', at(id)))).items ?? []
export const history = ({ id, limit, cursor }: { id: string; limit: number; cursor?: string }) =>
  api.GET('/organizations/{id}/history', { params: { path: { id }, query: { limit, cursor } } })
export const commissions = async (id: string) =>
  (await body(api.GET('/organizations/{id}/commissions', at(id)))).items ?? []
export const commission = (id: string, what: Schemas['OrganizationsCommissionInputBody']) =>
  body(api.POST('/organizations/{id}/commissions', { ...at(id), body: what }))
export const endCommission = (id: string, commissionId: string) =>
  api.DELETE('/organizations/{id}/commissions/{commissionId}', { params: { path: { id, commissionId } } })
export const rate = (organizationId: string, asOf: string) =>
  body(api.GET('/statistics/certification', { params: { query: { organizationId, asOf } } }))
export const hours = (organizationId: string, year: number) =>
  body(api.GET('/statistics/in-service-hours', { params: { query: { organizationId, year } } }))
export const staff = (organizationId: string, asOf?: string) =>
  body(api.GET('/people', { params: { query: { organizationId, asOf, status: 'onPost', limit: 12 } } }))
export const blacklistings = async (id: string) =>
  (await body(api.GET('/organizations/{id}/blacklistings', at(id)))).items ?? []
export const blacklist = (id: string, what: Schemas['OrganizationsBlacklistInputBody']) =>
  body(api.POST('/organizations/{id}/blacklistings', { ...at(id), body: what }))
export const lift = (id: string, blacklistingId: string, reason: string) =>
  body(
    api.POST('/organizations/{id}/blacklistings/{blacklistingId}/lifting', {
      params: { path: { id, blacklistingId } },
      body: { reason },
    }),
  )
