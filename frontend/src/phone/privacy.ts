import { api, body, type Schemas } from '@/shared/api'
import { person, role } from '@/shared/session'

export type Notice = Schemas['PeopleNoticeView']
export type Consents = Schemas['PeopleConsentsView']
export type Correction = Schemas['PeopleCorrectionView']
export type Ask = Schemas['PeopleAskCorrectionInputBody']
export type PersonalData = Schemas['PeoplePersonalDataView']
export type Spell = Schemas['PeopleSpellView']

export const fields = ['name', 'idNumber', 'phone', 'education', 'major', 'employment', 'other'] as const
export const educations = ['primary', 'secondary', 'vocational', 'college', 'bachelor', 'postgraduate'] as const
export const posts = [
  'caregiver',
  'careStaff',
  'medical',
  'socialWorker',
  'manager',
  'director',
  'serviceStaff',
] as const

const me = () => ({ params: { path: { id: person.value! } } })
const mine = (correctionId: string) => ({ params: { path: { id: person.value!, correctionId } } })

export const notice = () => body(api.GET('/public/privacy-notice'))
export const consents = () => body(api.GET('/people/{id}/consents', me()))
export const consent = (version: string, separate: boolean) =>
  body(api.POST('/people/{id}/consents', { ...me(), body: { version, separate } }))
export const withdrawConsent = () => body(api.POST('/people/{id}/consents/withdrawal', { ...me(), body: {} }))
export const self = () => body(api.GET('/people/{id}', me()))
export const corrections = async () => (await body(api.GET('/people/{id}/corrections', me()))).items ?? []
export const ask = (request: Ask) => body(api.POST('/people/{id}/corrections', { ...me(), body: request }))
export const takeBack = (id: string) => body(api.POST('/people/{id}/corrections/{correctionId}/withdrawal', mine(id)))
export const personalData = () => body(api.GET('/people/{id}/personal-data', me()))

const key = 'noticePostponed'

/** Is the notice in force to be shown before anything else? Whoever put it off is asked at the next sign-in. */
export function unanswered(c: Pick<Consents, 'state' | 'current'>, postponed: string | null, who: string): boolean {
  if (!c.current || postponed === `${who} ${c.current}`) return false
  return c.state === 'missing' || c.state === 'outdated'
}
let answered = ''
export async function mustAnswer(): Promise<boolean> {
  const who = person.value
  if (role.value !== 'caregiver' || !who || answered === who) return false
  const asks = unanswered(await consents(), sessionStorage.getItem(key), who)
  if (!asks) answered = who
  return asks
}
export const postpone = (version: string) => sessionStorage.setItem(key, `${person.value} ${version}`)
