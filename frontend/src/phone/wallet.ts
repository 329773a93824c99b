import { ref } from 'vue'
import type { Schemas } from '@/shared/api'

export type Certificate = Schemas['CertificatesCertificateView']
export type Year = Schemas['HoursHoursYearView']

/** What of a certificate its holder sees on the phone; nothing else of it is kept there. */
const shown = [
  'id',
  'family',
  'origin',
  'status',
  'title',
  'occupationName',
  'level',
  'number',
  'issuerName',
  'issuedOn',
  'expiresOn',
  'qrText',
] as const
export type Kept = Pick<Certificate, (typeof shown)[number]> & { why?: string }

export const facts = (c: Certificate): Kept => ({
  ...(Object.fromEntries(shown.map((k) => [k, c[k]])) as Pick<Certificate, (typeof shown)[number]>),
  why: (c.revocation ?? c.replacement)?.reason,
})

/** What the phone shows when there is no network: the last answers, of its owner only. */
export interface Wallet {
  name: string
  certificates: Kept[]
  /** The certificate whose code was shown last: it is on top without a network. */
  last?: string
  year?: Year
  person?: string
  /** Today's sessions, so that a typed code has its session without a network. */
  sessions?: Schemas['TrainingSessionView'][]
  /** When the certificates were read; nothing before they were. */
  at?: string
}

const key = 'wallet'
function kept(): Wallet | undefined {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') ?? undefined
  } catch {
    return undefined
  }
}
export const wallet = ref<Wallet | undefined>(kept())
/** The server does not answer, whatever the phone says of its network. */
export const cut = ref(false)

export function keep(change: Partial<Wallet>) {
  // Another person's phone now: nothing of the one before stays.
  const before =
    change.person && wallet.value?.person && change.person !== wallet.value.person ? undefined : wallet.value
  wallet.value = { name: '', certificates: [], ...before, ...change }
  if (change.certificates) wallet.value.at = new Date().toISOString()
  localStorage.setItem(key, JSON.stringify(wallet.value))
}
export function forget() {
  wallet.value = undefined
  localStorage.removeItem(key)
}
