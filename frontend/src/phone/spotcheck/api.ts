import { api, body, type Schemas } from '@/shared/api'
import { label, sign } from '../offline/device'

export type Check = Schemas['SpotchecksCheckView']

const at = (id: string) => ({ params: { path: { id } } })

/** One's own that can still be carried. */
export const prepared = async (): Promise<Check[]> =>
  ((await body(api.GET('/spot-checks', { params: { query: { stage: 'prepared', limit: 50 } } }))).items ?? []).filter(
    (c) => c.own,
  )
export const prepare = (organizationId: string): Promise<Check> =>
  body(api.POST('/spot-checks', { body: { organizationId } }))
export const institutions = async (q: string) =>
  (
    await body(
      api.GET('/organizations', { params: { query: { kind: 'institution', q: q.trim() || undefined, limit: 10 } } }),
    )
  ).items ?? []

/** Takes the roster, and hands over the key that its result will be signed with; nothing where the browser has none. */
export async function take(id: string) {
  const proof = await sign('carecert spot check pack 1', id)
  if (!proof) return undefined
  const mine = { ...proof, label: label(navigator.userAgent), phoneAt: new Date().toISOString() }
  return body(api.PUT('/spot-checks/{id}/pack', { ...at(id), body: mine }))
}
export const sendResult = (id: string, result: string, signature: string): Promise<Check> =>
  body(
    api.PUT('/spot-checks/{id}/result', { ...at(id), body: { result, signature, phoneAt: new Date().toISOString() } }),
  )
