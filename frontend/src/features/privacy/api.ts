import { api, body, type Schemas } from '@/shared/api'

export type Item = Schemas['PeopleConsentItemView']
export type State = Item['state']
export type Correction = Schemas['PeopleCorrectionView']
export type CorrectionState = Correction['state']
export type Decision = Schemas['PeopleDecideCorrectionInputBody']

export const states: State[] = ['missing', 'outdated', 'withdrawn', 'given']
export const stateTones = { missing: 'bad', outdated: 'warn', withdrawn: 'quiet', given: 'good' } as const
export const correctionStates: CorrectionState[] = ['open', 'accepted', 'rejected', 'withdrawn']
export const correctionTones = { open: 'warn', accepted: 'good', rejected: 'bad', withdrawn: 'quiet' } as const

type Page = { limit: number; cursor?: string }
export const listConsents = (query: { organizationId?: string; state?: State; onPost?: boolean } & Page) =>
  api.GET('/people/consents', { params: { query } })
export const registerPapers = async (paper: Schemas['PeopleConsentManyInputBody']) =>
  (await body(api.POST('/people/consents', { body: paper }))).outcomes ?? []
export const notice = () => body(api.GET('/public/privacy-notice'))

export const listCorrections = (query: { organizationId?: string; state?: CorrectionState } & Page) =>
  api.GET('/people/corrections', { params: { query } })
const at = (c: Correction) => ({ params: { path: { id: c.personId, correctionId: c.id } } })
export const decide = (c: Correction, decision: Decision) =>
  body(api.POST('/people/{id}/corrections/{correctionId}/decision', { ...at(c), body: decision }))
export const revealWanted = async (c: Correction, reason: string) =>
  (await body(api.POST('/people/{id}/corrections/{correctionId}/reveal', { ...at(c), body: { reason } }))).value

export type Period = Schemas['RetentionLineView']
export const retention = async () => (await body(api.GET('/retention'))).items ?? []
