import { beforeEach, describe, expect, it } from 'vitest'
import { stateOf } from '@/shared/lapsed'
import { facts, forget, keep, wallet, type Certificate } from '@/phone/wallet'

const certificate = {
  id: 'c1',
  family: 'trainingCompletion',
  origin: 'issued',
  status: 'valid',
  personId: 'p1',
  idNumberMasked: '310118********0021',
  title: '压疮预防',
  number: '0001-2026-00001',
  issuerName: '学校',
  issuedOn: '2026-01-05',
  expiresOn: '2026-06-17',
  qrText: 'HTTPS://X/V/1#A',
  evidence: [{ label: 'log', href: '/x' }],
  revocation: { reason: '查实', byName: '沈', on: '2026-01-06', at: '' },
} as unknown as Certificate

const stored = () => localStorage.getItem('wallet') ?? ''

describe('the wallet', () => {
  beforeEach(forget)

  it('keeps what its holder sees, and no more', () => {
    keep({ person: 'p1', certificates: [facts(certificate)] })
    expect(JSON.parse(stored()).certificates[0]).toEqual({
      id: 'c1',
      family: 'trainingCompletion',
      origin: 'issued',
      status: 'valid',
      title: '压疮预防',
      number: '0001-2026-00001',
      issuerName: '学校',
      issuedOn: '2026-01-05',
      expiresOn: '2026-06-17',
      qrText: 'HTTPS://X/V/1#A',
      why: '查实',
    })
    expect(stored()).not.toContain('310118')
  })

  it('tells when the certificates were read, not when something else was', () => {
    keep({ person: 'p1', name: '王' })
    expect(wallet.value?.at).toBeUndefined()
    keep({ certificates: [facts(certificate)] })
    const at = wallet.value?.at
    expect(at).toBeTruthy()
    keep({ last: 'c1' })
    expect(wallet.value?.at).toBe(at)
    expect(wallet.value?.last).toBe('c1')
  })

  it('is empty for another person, and after signing out', () => {
    keep({ person: 'p1', certificates: [facts(certificate)], last: 'c1' })
    keep({ person: 'p1', name: '王' })
    expect(wallet.value?.certificates).toHaveLength(1)
    keep({ person: 'p2', name: '李' })
    expect(wallet.value?.certificates).toHaveLength(0)
    expect(stored()).not.toContain('0001-2026-00001')
    forget()
    expect(localStorage.getItem('wallet')).toBeNull()
  })

  it('calls expired what is past its last day', () => {
    expect(stateOf(certificate, '2026-06-17')).toBe('valid')
    expect(stateOf(certificate, '2026-06-18')).toBe('expired')
    expect(stateOf({ status: 'revoked', expiresOn: '2020-01-01' }, '2026-06-18')).toBe('revoked')
    expect(stateOf({ status: 'valid', expiresOn: null }, '2026-06-18')).toBe('valid')
  })
})
