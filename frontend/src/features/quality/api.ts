import { api, body, file, type Schemas } from '@/shared/api'

export type Quality = Schemas['StatisticsQualityView']
export type Standing = Schemas['StatisticsQualityStandingView']
export type Listed = Schemas['StatisticsListedView']
export type Reminder = Schemas['PeopleReminderView']
export type Import = Schemas['ImportsImportView']
export type Kind = NonNullable<Schemas['PeopleRemindInputBody']['kinds']>[number]

export const quality = (organizationId: string, asOf: string) =>
  body(api.GET('/statistics/data-quality', { params: { query: { organizationId, asOf } } }))
export const trend = async (organizationId: string, until: string) =>
  (await body(api.GET('/statistics/data-quality/trend', { params: { query: { organizationId, until, months: 12 } } })))
    .items ?? []
export const institutions = (query: { limit: number; cursor?: string; organizationId: string; asOf?: string }) =>
  api.GET('/statistics/data-quality/institutions', { params: { query } })
export const people = (query: {
  limit: number
  cursor?: string
  organizationId: string
  asOf?: string
  finding?: string
}) =>
  api.GET('/statistics/{indicator}/people', {
    params: { path: { indicator: 'data-quality' }, query: { ...query, state: 'missing' } },
  })
export const refused = (query: { limit: number; cursor?: string; organizationId: string }) =>
  api.GET('/imports', { params: { query: { ...query, toMend: true } } })
export const refusedWorkbook = (id: string) => file(`/imports/${id}/errors.xlsx`)
export const freeze = (organizationId: string, asOf: string) =>
  body(api.POST('/statistics/snapshots', { body: { indicator: 'data-quality', organizationId, asOf } }))
export const rules = async () => (await body(api.GET('/quality-rules'))).items ?? []

export const reminders = (query: { limit: number; cursor?: string; organizationId: string }) =>
  api.GET('/reminders', { params: { query } })
export const remind = (organizationId: string, kinds: Kind[], note: string) =>
  body(api.POST('/reminders', { body: { organizationId, kinds, ...(note ? { note } : {}) } }))
export const markRead = (id: string, word: string) =>
  body(api.POST('/reminders/{id}/read', { params: { path: { id } }, body: { word } }))
