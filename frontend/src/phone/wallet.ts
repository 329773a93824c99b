import { ref } from 'vue'
import type { Schemas } from '@/shared/api'

export type Certificate = Schemas['CertificatesCertificateView']
export type Year = Schemas['HoursHoursYearView']

/** What the phone shows when there is no network: the last answers, of its owner only. */
export interface Wallet {
  name: string
  certificates: Certificate[]
  year?: Year
  person?: string
  /** Today's sessions, so that a typed code has its session without a network. */
  sessions?: Schemas['TrainingSessionView'][]
  at: string
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

export function keep(change: Partial<Wallet>) {
  wallet.value = { name: '', certificates: [], ...wallet.value, ...change, at: new Date().toISOString() }
  localStorage.setItem(key, JSON.stringify(wallet.value))
}
export function forget() {
  wallet.value = undefined
  localStorage.removeItem(key)
}
