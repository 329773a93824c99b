import { api, body, file, type Schemas } from '@/shared/api'

export type Certificate = Schemas['CertificatesCertificateView']
export type Claim = Schemas['CertificatesRegisterInputBody']
export type Word = Schemas['CertificatesVerifyInputBody']
export const statuses = ['unverified', 'valid', 'superseded', 'revoked', 'rejected'] as const
export type Status = (typeof statuses)[number]
export const tones = { valid: 'good', unverified: 'warn', superseded: 'info', revoked: 'bad', rejected: 'bad' } as const

const at = (id: string) => ({ params: { path: { id } } })
export const list = (query: { limit: number; cursor?: string; organizationId?: string; status?: Status; q?: string }) => api.GET('/certificates', { params: { query } })
export const read = (id: string) => body(api.GET('/certificates/{id}', at(id)))
export const register = (claim: Claim) => body(api.POST('/certificates/registrations', { body: claim }))
export const verify = (id: string, word: Word) => body(api.POST('/certificates/{id}/verifications', { ...at(id), body: word }))
export const revoke = (id: string, reason: string) => body(api.POST('/certificates/{id}/revocation', { ...at(id), body: { reason } }))
export const replace = (id: string, reason: string) => body(api.POST('/certificates/{id}/replacement', { ...at(id), body: { reason } }))
export const proof = (publicCode: string) => body(api.GET('/public/log/proof', { params: { query: { certificate: publicCode } } }))
export const pdf = (id: string) => file(`/certificates/${id}/certificate.pdf`)
export const png = (id: string) => file(`/certificates/${id}/qr.png?size=1024`)
export const svg = (id: string) => file(`/certificates/${id}/qr.svg`)
