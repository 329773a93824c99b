import { api, body, type Schemas } from '@/shared/api'

export type PlatformKey = Schemas['PlatformsKeyView']
export type Detail = Schemas['PlatformsDetailView']

const at = (id: string) => ({ params: { path: { id } } })

export const keys = (query: { limit: number; cursor?: string }) => api.GET('/platform-keys', { params: { query } })
export const read = (id: string) => body(api.GET('/platform-keys/{id}', at(id)))
/** Makes a key; the answer tells it once. */
export const create = (draft: { name: string; contact?: string; expiresOn?: string }) =>
  body(api.POST('/platform-keys', { body: draft }))
export const revoke = (id: string, reason: string) =>
  body(api.POST('/platform-keys/{id}/revocation', { ...at(id), body: { reason } }))
