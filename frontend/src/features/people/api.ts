import { api, body, versioned, type Schemas } from '@/shared/api'

export type Item = Schemas['PeopleItemView']
export type Person = Schemas['PeoplePersonView']
export type Spell = Schemas['PeopleSpellView']
export type Draft = Schemas['PeopleRegisterInputBody']
export type Role = Schemas['PeopleEmployInputBody']['role']
export type Filters = { organizationId?: string; q?: string; role?: Role; status?: 'onPost' | 'left'; asOf?: string }

export const roles = ['caregiver', 'careStaff', 'medical', 'socialWorker', 'manager', 'director', 'serviceStaff'] as const
export const kinds = ['caregiver', 'careStaff', 'medical', 'socialWorker', 'manager', 'director', 'serviceStaff', 'volunteer', 'familyCarer', 'informalCarer', 'student', 'other'] as const
export const educations = ['primary', 'secondary', 'vocational', 'college', 'bachelor', 'postgraduate'] as const
export const idTypes = ['residentId', 'hmtResidence', 'hmtPass', 'passport', 'foreignPermanent'] as const

const at = (id: string) => ({ params: { path: { id } } })

export const list = (query: Filters & { limit: number; cursor?: string }) => api.GET('/people', { params: { query } })
export const read = (id: string) => body(api.GET('/people/{id}', at(id)))
export const record = (id: string) => body(api.GET('/people/{id}/record', at(id)))
export const register = (draft: Draft) => body(api.POST('/people', { body: draft }))
export async function amend(id: string, change: Schemas['PeopleAmendInputBody']) {
  const { version } = await versioned(api.GET('/people/{id}', at(id)))
  return body(api.PATCH('/people/{id}', { params: { path: { id }, header: { 'If-Match': version } }, body: change }))
}
export const reveal = (id: string, field: 'idNumber' | 'phone', reason: string) => body(api.POST('/people/{id}/reveal', { ...at(id), body: { field, reason } }))
export const employ = (id: string, spell: Schemas['PeopleEmployInputBody']) => body(api.POST('/people/{id}/employments', { ...at(id), body: spell }))
export const correct = (id: string, spellId: string, change: Schemas['PeopleCorrectInputBody']) =>
  body(api.PATCH('/people/{id}/employments/{spellId}', { params: { path: { id, spellId } }, body: change }))
export const end = (id: string, spellId: string, endedOn: string, reason: string) =>
  body(api.POST('/people/{id}/employments/{spellId}/end', { params: { path: { id, spellId } }, body: { endedOn, reason } }))
export const slips = async (personIds: string[]) => (await body(api.POST('/users/activations', { body: { personIds } }))).items ?? []

export const hours = (id: string, year: number) => body(api.GET('/people/{id}/hours', { params: { path: { id }, query: { year } } }))
export const certificates = async (personId: string) => (await body(api.GET('/certificates', { params: { query: { personId, limit: 100 } } }))).items ?? []
