import { api, body, versioned, type Schemas } from '@/shared/api'

export type Organization = Schemas['OrganizationsOrganizationView']
export type Draft = Schemas['OrganizationsRegisterInputBody']
export type Kind = Draft['kind']
export const kinds = ['institution', 'trainingSchool', 'practiceBase', 'assessmentBody', 'subdistrict', 'districtBureau', 'cityBureau', 'operatorGroup'] as const

const at = (id: string) => ({ params: { path: { id } } })
export const list = (query: { limit: number; cursor?: string; kind?: Kind; q?: string; organizationId?: string }) => api.GET('/organizations', { params: { query } })
export const read = (id: string) => body(api.GET('/organizations/{id}', at(id)))
export const register = (draft: Draft) => body(api.POST('/organizations', { body: draft }))
export async function amend(id: string, change: Schemas['OrganizationsAmendInputBody']) {
  const { version } = await versioned(api.GET('/organizations/{id}', at(id)))
  return body(api.PATCH('/organizations/{id}', { params: { path: { id }, header: { 'If-Match': version } }, body: change }))
}
export const commissions = async (id: string) => (await body(api.GET('/organizations/{id}/commissions', at(id)))).items ?? []
export const commission = (id: string, what: Schemas['OrganizationsCommissionInputBody']) => body(api.POST('/organizations/{id}/commissions', { ...at(id), body: what }))
export const endCommission = (id: string, commissionId: string) => api.DELETE('/organizations/{id}/commissions/{commissionId}', { params: { path: { id, commissionId } } })
export const rate = (organizationId: string, asOf: string) => body(api.GET('/statistics/certification', { params: { query: { organizationId, asOf } } }))
export const hours = (organizationId: string, year: number) => body(api.GET('/statistics/in-service-hours', { params: { query: { organizationId, year } } }))
export const staff = (organizationId: string, asOf?: string) => body(api.GET('/people', { params: { query: { organizationId, asOf, status: 'onPost', limit: 12 } } }))
