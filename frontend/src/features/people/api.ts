import { api, body, file, versioned, type Schemas } from '@/shared/api'

export type Item = Schemas['PeopleItemView']
export type Person = Schemas['PeoplePersonView']
export type Spell = Schemas['PeopleSpellView']
export type Draft = Schemas['PeopleRegisterInputBody']
export type Role = Schemas['PeopleEmployInputBody']['role']
export type Kind = Draft['kinds'][number]
export type Filters = {
  organizationId?: string
  q?: string
  role?: Role
  kind?: Kind
  status?: 'onPost' | 'left'
  preJob?: 'missing'
  asOf?: string
}

export const roles = [
  'caregiver',
  'careStaff',
  'medical',
  'socialWorker',
  'manager',
  'director',
  'serviceStaff',
] as const
export const kinds = [
  'caregiver',
  'careStaff',
  'medical',
  'socialWorker',
  'manager',
  'director',
  'serviceStaff',
  'volunteer',
  'familyCarer',
  'informalCarer',
  'student',
  'other',
] as const
export const educations = ['primary', 'secondary', 'vocational', 'college', 'bachelor', 'postgraduate'] as const
export const idTypes = ['residentId', 'hmtResidence', 'hmtPass', 'passport', 'foreignPermanent'] as const

const at = (id: string) => ({ params: { path: { id } } })

export const list = (query: Filters & { limit: number; cursor?: string }) => api.GET('/people', { params: { query } })
export const read = (id: string) => body(api.GET('/people/{id}', at(id)))
export const register = (draft: Draft) => body(api.POST('/people', { body: draft }))
export async function amend(id: string, change: Schemas['PeopleAmendInputBody']) {
  const { version } = await versioned(api.GET('/people/{id}', at(id)))
  return body(api.PATCH('/people/{id}', { params: { path: { id }, header: { 'If-Match': version } }, body: change }))
}
export const reveal = (id: string, field: 'idNumber' | 'phone', reason: string) =>
  body(api.POST('/people/{id}/reveal', { ...at(id), body: { field, reason } }))
export const employ = (id: string, spell: Schemas['PeopleEmployInputBody']) =>
  body(api.POST('/people/{id}/employments', { ...at(id), body: spell }))
export const correct = (id: string, spellId: string, change: Schemas['PeopleCorrectInputBody']) =>
  body(api.PATCH('/people/{id}/employments/{spellId}', { params: { path: { id, spellId } }, body: change }))
export const end = (id: string, spellId: string, endedOn: string, reason: string) =>
  body(
    api.POST('/people/{id}/employments/{spellId}/end', {
      params: { path: { id, spellId } },
      body: { endedOn, reason },
    }),
  )
export const voidSpell = (id: string, spellId: string, reason: string) =>
  body(api.POST('/people/{id}/employments/{spellId}/void', { params: { path: { id, spellId } }, body: { reason } }))
export type Finding = NonNullable<Schemas['PeopleFindingsView']['items']>[number]
export const findings = (id: string) => body(api.GET('/people/{id}/findings', at(id)))
type FindingKind = NonNullable<Schemas['PeopleRemindInputBody']['kinds']>[number]
const of = (id: string, kind: string) => ({ params: { path: { id, kind: kind as FindingKind } } })
export const explain = (id: string, kind: string, word: string) =>
  body(api.PUT('/people/{id}/findings/{kind}/word', { ...of(id, kind), body: { word } }))
export const takeBackWord = (id: string, kind: string) =>
  body(api.DELETE('/people/{id}/findings/{kind}/word', of(id, kind)))

export const slips = async (personIds: string[]) =>
  (await body(api.POST('/users/activations', { body: { personIds } }))).items ?? []

export const hours = (id: string, year: number) =>
  body(api.GET('/people/{id}/hours', { params: { path: { id }, query: { year } } }))
export const certificates = async (personId: string) =>
  (await body(api.GET('/certificates', { params: { query: { personId, limit: 100 } } }))).items ?? []

export type RecordItem = Schemas['RecordItem']
export type CareerRecord = Schemas['PeopleRecordView']
export type Chapter = RecordItem['chapter']
export type StoryQuery = { chapter?: Chapter; year?: number }
export const story = (id: string, query: StoryQuery = {}) =>
  body(api.GET('/people/{id}/record', { params: { path: { id }, query } }))
export const recordPdf = (id: string, query: StoryQuery) => {
  const asked = Object.entries(query)
    .filter(([, v]) => v)
    .map(([k, v]) => `${k}=${v}`)
    .join('&')
  return file(`/people/${id}/record.pdf${asked ? `?${asked}` : ''}`)
}

export const correctIdentity = (id: string, change: Schemas['PeopleIdentityInputBody']) =>
  body(api.PUT('/people/{id}/identity', { ...at(id), body: change }))

export type Twins = Schemas['PeopleTwinsView']
export type Comparison = Schemas['PeopleComparisonView']
export type Merging = Schemas['PeopleMergeView']
export const duplicates = (query: { organizationId?: string; limit: number; cursor?: string }) =>
  api.GET('/people/duplicates', { params: { query } })
export const compare = (id: string) => body(api.GET('/people/duplicates/{id}', at(id)))
export const tellApart = (id: string, reason: string) =>
  body(api.POST('/people/duplicates/{id}/dismissal', { ...at(id), body: { reason } }))
export const merge = (id: string, otherId: string, reason: string) =>
  body(api.POST('/people/{id}/merges', { ...at(id), body: { otherId, reason } }))
export const merges = async (id: string) => (await body(api.GET('/people/{id}/merges', at(id)))).items ?? []
export const undoMerge = (id: string, otherId: string, reason: string) =>
  body(api.POST('/people/{id}/merges/{otherId}/undo', { params: { path: { id, otherId } }, body: { reason } }))

export type Transfer = Schemas['PeopleTransferView']
export const transfer = (id: string, draft: Schemas['PeopleTransferInputBody']) =>
  body(api.POST('/people/{id}/transfers', { ...at(id), body: draft }))
export const transfers = (query: { organizationId?: string; limit: number; cursor?: string }) =>
  api.GET('/transfers', { params: { query } })
export const answerTransfer = (id: string, agree: boolean, reason = '') =>
  body(api.POST('/transfers/{id}/answer', { ...at(id), body: { agree, reason } }))
