import { api, file, type Schemas } from '@/shared/api'

export type Entry = Schemas['AuditEntryView']
export type Query = { actor?: string; noun?: string; from?: string; to?: string; organizationId?: string }
export const list = (query: Query & { limit: number; cursor?: string }) => api.GET('/audit', { params: { query } })
export const workbook = (query: Query) =>
  file(`/audit/export.xlsx?${new URLSearchParams(Object.entries(query).filter((e): e is [string, string] => !!e[1]))}`)
