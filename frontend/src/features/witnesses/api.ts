import { api, body, type Schemas } from '@/shared/api'

export type Witness = Schemas['WitnessesWitnessView']
export type Standing = Schemas['WitnessesStandingView']
export type Delivery = Schemas['WitnessesDeliveryView']
export type Watched = Schemas['WitnessesWatchedView']
export type Alarm = Schemas['WitnessesAlarmView']
export type Head = Schemas['WitnessesHeadView']
export type Kind = Witness['kind']

const at = (id: string) => ({ params: { path: { id } } })
type Paging = { limit: number; cursor?: string }

export const standing = () => body(api.GET('/log-witnesses/standing'))
export const witnesses = (query: Paging) => api.GET('/log-witnesses', { params: { query } })
export const deliveries = (id: string) => (query: Paging) =>
  api.GET('/log-witnesses/{id}/deliveries', { params: { path: { id }, query } })
export const name = (draft: { name: string; kind: Kind; address?: string; verifier?: string; mail?: string }) =>
  body(api.POST('/log-witnesses', { body: draft }))
export const pause = (id: string, reason: string) =>
  body(api.POST('/log-witnesses/{id}/pause', { ...at(id), body: { reason } }))
export const resume = (id: string) => body(api.POST('/log-witnesses/{id}/resumption', at(id)))
export const remove = (id: string, reason: string) =>
  body(api.POST('/log-witnesses/{id}/removal', { ...at(id), body: { reason } }))
export const send = (id: string) => body(api.POST('/log-witnesses/{id}/deliveries', at(id)))
/** Hands the head over: its file, noted as taken. */
export const handOver = (id: string) => body(api.POST('/log-witnesses/{id}/handover', at(id)))

export const watched = (query: Paging) => api.GET('/watched-logs', { params: { query } })
export const heads = (id: string) => (query: Paging) =>
  api.GET('/watched-logs/{id}/heads', { params: { path: { id }, query } })
export const watch = (draft: { name: string; origin: string; verifier: string }) =>
  body(api.POST('/watched-logs', { body: draft }))
export const unwatch = (id: string, reason: string) =>
  body(api.POST('/watched-logs/{id}/removal', { ...at(id), body: { reason } }))
export const alarms = (query: Paging) => api.GET('/log-alarms', { params: { query } })
export const settle = (id: string, reason: string) =>
  body(api.POST('/log-alarms/{id}/settlement', { ...at(id), body: { reason } }))

/** Leaves a head with whoever sits here, as the file that the public page and the command take. */
export function save(head: Head, more: { witness?: string; verifier?: string } = {}, text?: string) {
  const { size, rootHash, note, countersignature } = head
  const file = text ?? `${JSON.stringify({ size, rootHash, note, countersignature, ...more }, null, 2)}\n`
  const a = document.createElement('a')
  a.href = URL.createObjectURL(new Blob([file], { type: 'application/json' }))
  a.download = `carecert-head-${size}.json`
  a.click()
  setTimeout(() => URL.revokeObjectURL(a.href), 1000)
}
