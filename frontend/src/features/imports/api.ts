import { api, body, file, headers, refusalOf, Refusal, type Schemas } from '@/shared/api'

export type Import = Schemas['ImportsImportView']
export type Report = Schemas['ImportsReportView']
export const kinds = ['people', 'certificates', 'organizations', 'hours', 'results'] as const
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

/** Sends the file; a form of its own, for the typed client speaks JSON. */
export async function submit(input: {
  file: File
  kind: Kind
  organizationId: string
  dryRun: boolean
}): Promise<string> {
  const form = new FormData()
  form.set('kind', input.kind)
  form.set('organizationId', input.organizationId)
  form.set('dryRun', String(input.dryRun))
  form.set('file', input.file)
  const answer = await fetch(file('/imports'), { method: 'POST', headers: headers('POST'), body: form }).catch(() => {
    throw new Refusal({ title: '', status: 0, detail: '', code: 'web.offline', requestId: '' })
  })
  if (!answer.ok) throw await refusalOf(answer)
  return ((await answer.json()) as Schemas['ImportsAcceptedView']).id
}
