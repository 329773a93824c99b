import { api, body, file, post, upload, versioned, type Schemas } from '@/shared/api'

export type Content = Schemas['LayoutContent']
export type Item = Schemas['LayoutElement']
export type Validity = Schemas['LayoutValidity']
export type Detail = Schemas['CertificatesTemplateDetail']
export type Summary = Schemas['CertificatesTemplateView']
export type Applies = Schemas['CertificatesAppliesView']
export type Problem = Schemas['CertificatesProblemView']
export type Family = Schemas['CertificatesBeginInputBody']['family']

const at = (id: string) => ({ params: { path: { id } } })
const matching = (id: string, version: string) => ({ params: { path: { id }, header: { 'If-Match': version } } })

export const templates = (organizationId?: string) =>
  body(api.GET('/certificate-templates', { params: { query: { organizationId } } }))
export const begin = (family: Family, issuerId: string) =>
  body(api.POST('/certificate-templates', { body: { family, issuerId } }))
export const readTemplate = (id: string) => versioned(api.GET('/certificate-templates/{id}', at(id)))
export const readVersion = (id: string, number: number) =>
  body(api.GET('/certificate-templates/{id}/versions/{number}', { params: { path: { id, number } } }))
export const saveDraft = (id: string, version: string, content: Content) =>
  versioned(api.PUT('/certificate-templates/{id}/draft', { ...matching(id, version), body: content }))
export const publish = (id: string, version: string, note: string) =>
  body(api.POST('/certificate-templates/{id}/versions', { ...matching(id, version), body: { note } }))
export const specimen = (id: string, number: number) =>
  file(`/certificate-templates/${encodeURIComponent(id)}/versions/${number}/preview.pdf`)
export const pictureAt = (id: string, hash: string) =>
  file(`/certificate-templates/${encodeURIComponent(id)}/pictures/${hash}`)

/** What the server prints from a draft; a file, not JSON, so not by the typed client. */
export async function preview(id: string, content: Content, sample: string): Promise<Blob> {
  const path = `/certificate-templates/${encodeURIComponent(id)}/preview.pdf?sample=${sample}`
  return (await post(path, JSON.stringify(content), 'application/json')).blob()
}

export const keepPicture = (id: string, picture: File) =>
  upload<Schemas['CertificatesPictureView']>(`/certificate-templates/${encodeURIComponent(id)}/pictures`, {
    file: picture,
  })
