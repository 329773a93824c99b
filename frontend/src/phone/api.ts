import { api, body, file, type Schemas } from '@/shared/api'
import { fresh } from '@/shared/enrol/fresh'
import { thisYear, today } from '@/shared/format'
import { person, user } from '@/shared/session'
import { stateOf } from '@/shared/lapsed'
import { cut, facts, keep, type Certificate, type Kept } from './wallet'

export type Offer = Schemas['TrainingOfferView']
export type Session = Schemas['TrainingSessionView']

const rank = (c: Certificate) => ({ valid: 0, unverified: 1, expired: 2 })[stateOf(c) as string] ?? 3

/** One's own certificates: what is valid first, the newest of them on top. */
export async function certificates(): Promise<Kept[]> {
  const page = await body(api.GET('/certificates', { params: { query: { personId: person.value, limit: 100 } } }))
  const all = (page.items ?? []).toSorted(
    (a, b) => rank(a) - rank(b) || Number(!a.qrText) - Number(!b.qrText) || b.issuedOn.localeCompare(a.issuedOn),
  )
  const kept = all.map(facts)
  keep({ name: user.value?.displayName ?? '', certificates: kept })
  cut.value = false
  return kept
}
export async function year(of = thisYear()) {
  const found = await body(
    api.GET('/people/{id}/hours', { params: { path: { id: person.value! }, query: { year: of } } }),
  )
  if (of === thisYear()) keep({ year: found })
  return found
}
/** What one attended in a year, with what proves it. */
export const trainingFile = (of: number) =>
  body(api.GET('/people/{id}/training-file', { params: { path: { id: person.value! }, query: { year: of } } }))
/** The certificate of a year whose duty is met. */
export const prove = (of: number) =>
  body(api.POST('/people/{id}/hours/{year}/proof', { params: { path: { id: person.value!, year: of } } }))
/** The open classes that one is in, then those that one may join, the soonest first. */
export const offers = async () =>
  (await body(api.GET('/people/{id}/classes', { params: { path: { id: person.value! } } }))).items ?? []
export const sessions = async (from = today(), to?: string) =>
  (await body(api.GET('/sessions', { params: { query: { from, to, limit: 50 } } }))).items ?? []
export const enrol = async (classId: string) =>
  (
    await body(
      api.POST('/classes/{id}/enrolments', { params: { path: { id: classId } }, body: { personIds: [person.value!] } }),
    )
  ).outcomes?.[0]
export const leave = (classId: string, reason: string) =>
  api.POST('/classes/{id}/enrolments/{personId}/withdrawal', {
    params: { path: { id: classId, personId: person.value! } },
    body: { reason: reason || undefined },
  })

type Point = { lat: number; lng: number }
export interface Scan {
  code: string
  direction: 'in' | 'out'
  location?: Point
  device?: { key: string; signature: string }
  offline?: boolean
}
export const checkIn = (scan: Scan) => body(api.POST('/check-ins', { body: scan }))
export const checkInTo = (id: string, scan: Scan) =>
  body(api.POST('/sessions/{id}/check-ins', { params: { path: { id } }, body: scan }))

/** Where the phone is, if its owner allows it; some sessions ask for it. */
export function locate(): Promise<Point | undefined> {
  return new Promise((resolve) => {
    if (!navigator.geolocation) return resolve(undefined)
    navigator.geolocation.getCurrentPosition(
      (p) => resolve({ lat: p.coords.latitude, lng: p.coords.longitude }),
      () => resolve(undefined),
      { timeout: 6000, maximumAge: 60_000 },
    )
  })
}
export const activate = (code: string, password: string) =>
  body(api.POST('/public/activations', { body: { code, password } }))
export const signIn = (username: string, password: string, otp?: string) =>
  body(api.POST('/sessions', { body: { username, password, ...(otp ? { otp } : {}) } }))
export const changePassword = (current: string, next: string) =>
  body(api.PUT('/users/me/password', { body: { current, new: next } }))

export type Chapter = Schemas['RecordItem']['chapter']
export type Shared = Schemas['PeopleSharedView']
const own = () => ({ id: person.value! })
export const story = (chapter?: Chapter) =>
  body(api.GET('/people/{id}/record', { params: { path: own(), query: chapter ? { chapter } : {} } }))
export const recordPdf = () => file(`/people/${person.value}/record.pdf`)
export const shareRecord = (days: number) =>
  body(api.POST('/people/{id}/record-links', { params: { path: own() }, body: { days } }))
export const recordLinks = async () =>
  (await body(api.GET('/people/{id}/record-links', { params: { path: own() } }))).items ?? []
export const revokeLink = (linkId: string) =>
  api.DELETE('/people/{id}/record-links/{linkId}', { params: { path: { ...own(), linkId } } })

/** The open class that helps most: counts toward the year, seats left, at no time that is taken, the soonest. */
export function fitting(all: Offer[]): Offer | undefined {
  return all.find(
    (o) =>
      o.class.countsTowardInService &&
      !o.seat &&
      !o.conflicts?.length &&
      o.class.enrolled < o.class.capacity &&
      fresh(o.class),
  )
}
