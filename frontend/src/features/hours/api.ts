import { api, body, type Schemas } from '@/shared/api'

export type Line = Schemas['HoursOfficeHoursView']
export type Year = Schemas['HoursHoursYearView']
export const statuses = ['short', 'inProgress', 'met', 'notSubject'] as const
export type Status = (typeof statuses)[number]
export const outlooks = ['willMiss', 'willMeet'] as const
export type Outlook = (typeof outlooks)[number]

export type Claim = Schemas['HoursClaimView']
export const claimStates = ['claimed', 'confirmed', 'rejected', 'withdrawn'] as const
export type ClaimState = (typeof claimStates)[number]
export const claimTones = { claimed: 'warn', confirmed: 'good', rejected: 'bad', withdrawn: 'quiet' } as const

export const claims = (query: { limit: number; cursor?: string; organizationId?: string; state?: ClaimState }) =>
  api.GET('/hours/imported', { params: { query } })
export const claim = (id: string) => body(api.GET('/hours/imported/{id}', { params: { path: { id } } }))
export const decide = (ids: string[], decision: 'confirmed' | 'rejected', reason: string) =>
  body(api.POST('/hours/imported/decisions', { body: { ids, decision, reason } }))
export const list = (query: {
  limit: number
  cursor?: string
  organizationId?: string
  year?: number
  status?: Status
  outlook?: Outlook
}) => api.GET('/hours', { params: { query: { ...query, sort: '-missing' } } })
export const year = (id: string, of: number, asOf?: string) =>
  body(api.GET('/people/{id}/hours', { params: { path: { id }, query: { year: of, asOf } } }))
export const ledger = async (id: string, of: number) =>
  (await body(api.GET('/people/{id}/hours/ledger', { params: { path: { id }, query: { year: of } } }))).items ?? []
export const person = (id: string) => body(api.GET('/people/{id}', { params: { path: { id } } }))

export type ProofOutcome = Schemas['HoursProofOutcomeView']
/** How many people may be given their proof at once. */
export const MOST_PROOFS = 200
export const prove = (id: string, of: number) =>
  body(api.POST('/people/{id}/hours/{year}/proof', { params: { path: { id, year: of } } }))
export const proveMany = (personIds: string[], of: number) =>
  body(api.POST('/hours/proofs', { body: { year: of, personIds } }))
