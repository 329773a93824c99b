import { api, body, file, upload, type Schemas } from '@/shared/api'

export type Import = Schemas['ImportsImportView']
export type Report = Schemas['ImportsReportView']
export const kinds = ['people', 'certificates', 'organizations', 'hours', 'results', 'skillLevels'] as const
export type Kind = (typeof kinds)[number]

export const list = (query: { limit: number; cursor?: string; organizationId?: string; toMend?: 'true' }) =>
  api.GET('/imports', { params: { query: { ...query, toMend: query.toMend === 'true' ? true : undefined } } })
export const read = (id: string) => body(api.GET('/imports/{id}', { params: { path: { id } } }))
export const withdraw = (id: string, reason: string) =>
  body(api.POST('/imports/{id}/withdrawal', { params: { path: { id } }, body: { reason } }))
export const dismiss = (id: string, reason: string) =>
  body(api.POST('/imports/{id}/dismissal', { params: { path: { id } }, body: { reason } }))
export const template = (kind: Kind) => file(`/imports/templates/${kind}.xlsx`)
export const errorWorkbook = (id: string) => file(`/imports/${id}/errors.xlsx`)

export const submit = async (input: { file: File; kind: Kind; organizationId: string; dryRun: boolean }) =>
  (await upload<Schemas['ImportsAcceptedView']>('/imports', { ...input, dryRun: String(input.dryRun) })).id
