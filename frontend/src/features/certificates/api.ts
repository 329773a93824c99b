import { api, body, file, upload, type Schemas } from '@/shared/api'

export type Certificate = Schemas['CertificatesCertificateView']
export type Claim = Schemas['CertificatesRegisterInputBody']
export type Word = Schemas['CertificatesVerifyInputBody']
export const statuses = ['unverified', 'valid', 'superseded', 'revoked', 'rejected', 'withdrawn'] as const
export const stages = ['claimed', 'formatValid', 'verified', 'rejected'] as const
export type Stage = (typeof stages)[number]
export type Status = (typeof statuses)[number]
export { stateOf } from '@/shared/lapsed'
export const tones = {
  expired: 'warn',
  valid: 'good',
  unverified: 'warn',
  superseded: 'info',
  revoked: 'bad',
  rejected: 'bad',
  withdrawn: 'quiet',
} as const
export const stageTones = { claimed: 'warn', formatValid: 'info', verified: 'good', rejected: 'bad' } as const

const at = (id: string) => ({ params: { path: { id } } })
export const list = (query: {
  limit: number
  cursor?: string
  organizationId?: string
  status?: Status
  stage?: Stage
  family?: 'skillLevel'
  level?: number
  q?: string
}) => api.GET('/certificates', { params: { query } })
export const read = (id: string) => body(api.GET('/certificates/{id}', at(id)))
export const register = (claim: Claim) => body(api.POST('/certificates/registrations', { body: claim }))
/** Those that are known; the first is meant where nothing is said. */
export const occupations = async () => (await body(api.GET('/certificates/occupations'))).items ?? []
export const verify = (id: string, word: Word) =>
  body(api.POST('/certificates/{id}/verifications', { ...at(id), body: word }))
export const revoke = (id: string, reason: string) =>
  body(api.POST('/certificates/{id}/revocation', { ...at(id), body: { reason } }))
export const withdraw = (id: string, reason: string) =>
  body(api.POST('/certificates/{id}/withdrawal', { ...at(id), body: { reason } }))
export const replace = (id: string, reason: string) =>
  body(api.POST('/certificates/{id}/replacement', { ...at(id), body: { reason } }))
export const proof = (publicCode: string) =>
  body(api.GET('/public/log/proof', { params: { query: { certificate: publicCode } } }))
export const pdf = (id: string) => file(`/certificates/${id}/certificate.pdf`)
export const png = (id: string) => file(`/certificates/${id}/qr.png?size=1024`)
export const svg = (id: string) => file(`/certificates/${id}/qr.svg`)

export type LevelDesk = Schemas['CertificatesLevelDeskView']
export const levels = [5, 4, 3, 2, 1] as const
export const desk = (bodyId: string) =>
  body(api.GET('/certificates/skill-levels/desk', { params: { query: { bodyId } } }))
export const issueLevel = (draft: Schemas['CertificatesIssueLevelInputBody']) =>
  body(api.POST('/certificates/skill-levels', { body: draft }))

export type Bundle = Schemas['CertificatesBundleView']
export const bundles = async () => (await body(api.GET('/certificates/bundles'))).items ?? []
export const bundleFile = (id: string) => file(`/certificates/bundles/${id}/certificates.zip`)

export type NumberCheck = Schemas['CertificatesNumberView']
export type Conflict = Schemas['CertificatesConflictView']
export type Correction = Schemas['CertificatesCorrectInputBody']
export type Decision = Schemas['CertificatesDecideInputBody']
export type Kept = Schemas['CertificatesFileView']
export type Method = Word['method']
export const methods = ['ostaQuery', 'originalSeen', 'issuerLetter'] as const
export const registered = ['skillLevel', 'qualification', 'civilServiceGrade'] as const
export const findings = ['many', 'level', 'family', 'age', 'shape', 'issuer', 'none'] as const

export type QueueQuery = {
  limit: number
  cursor?: string
  organizationId?: string
  family?: (typeof registered)[number]
  level?: number
  finding?: (typeof findings)[number]
}
export const queue = (query: QueueQuery) => api.GET('/certificates/queue', { params: { query } })
export const verifyMany = (certificateIds: string[], method: Method, note: string) =>
  body(
    api.POST('/certificates/verifications', {
      body: { certificateIds, method, result: 'confirmed', ...(note ? { note } : {}) },
    }),
  )
export const correct = (id: string, correction: Correction) =>
  body(api.POST('/certificates/{id}/corrections', { ...at(id), body: correction }))

export const conflicts = (query: {
  limit: number
  cursor?: string
  organizationId?: string
  status?: 'open' | 'decided'
}) => api.GET('/certificate-conflicts', { params: { query } })
export const conflict = (id: string) => body(api.GET('/certificate-conflicts/{id}', at(id)))
export const decide = (id: string, decision: Decision) =>
  body(api.POST('/certificate-conflicts/{id}/decision', { ...at(id), body: decision }))

/** Sends what was seen. */
export const attach = (id: string, seen: File) => upload<Kept>(`/certificates/${id}/evidence`, { file: seen })
