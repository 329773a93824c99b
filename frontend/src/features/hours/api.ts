import { api, body, type Schemas } from '@/shared/api'

export type Line = Schemas['HoursOfficeHoursView']
export type Year = Schemas['HoursHoursYearView']
export const statuses = ['short', 'inProgress', 'met', 'notSubject'] as const
export type Status = (typeof statuses)[number]

export const list = (query: { limit: number; cursor?: string; organizationId?: string; year?: number; status?: Status }) => api.GET('/hours', { params: { query: { ...query, sort: '-missing' } } })
export const year = (id: string, of: number, asOf?: string) => body(api.GET('/people/{id}/hours', { params: { path: { id }, query: { year: of, asOf } } }))
export const ledger = async (id: string, of: number) => (await body(api.GET('/people/{id}/hours/ledger', { params: { path: { id }, query: { year: of } } }))).items ?? []
export const person = (id: string) => body(api.GET('/people/{id}', { params: { path: { id } } }))
