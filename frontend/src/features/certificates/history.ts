import { moment } from '@/shared/format'
import type { Event } from '@/shared/ui/Timeline.vue'
import type { Certificate } from './api'

type Say = (key: string, params?: Record<string, unknown>) => string

/** What happened to a certificate, the latest first. */
export function history(x: Certificate, t: Say): Event[] {
  const all: Event[] = [
    {
      key: 'issued',
      on: x.issuedOn,
      title: t(x.origin === 'issued' ? 'certificates.event.issued' : 'certificates.event.elsewhere', {
        name: x.issuerName,
      }),
      tone: 'good',
    },
  ]
  if (x.origin === 'registered')
    all.push({ key: 'registered', on: moment(x.recordedAt).slice(0, 10), title: t('certificates.event.registered') })
  const words = x.verifications ?? []
  words.forEach((w, i) =>
    all.push({
      key: `word${i}`,
      on: moment(w.at).slice(0, 10),
      title: t(`certificates.event.${w.result}`, { name: w.byName }),
      hint: [w.method ? t(`certificates.method.${w.method}`) : '', w.reason || w.note].filter(Boolean).join('：'),
      tone: w.result === 'confirmed' ? 'good' : w.result === 'refuted' ? 'bad' : 'quiet',
      struck: i < words.length - 1 && w.result !== 'withdrawn',
    }),
  )
  if (x.withdrawal)
    all.push({
      key: 'withdrawal',
      on: x.withdrawal.on,
      title: t('certificates.event.takenBack', { name: x.withdrawal.byName }),
      hint: x.withdrawal.reason,
      tone: 'quiet',
    })
  if (x.replacement)
    all.push({
      key: 'replaced',
      on: x.replacement.on,
      title: t('certificates.event.replaced', { name: x.replacement.byName }),
      hint: x.replacement.reason,
      tone: 'warn',
      to: x.replacedBy ? `/certificates/${x.replacedBy}` : undefined,
    })
  if (x.revocation)
    all.push({
      key: 'revoked',
      on: x.revocation.on,
      title: t('certificates.event.revoked', { name: x.revocation.byName }),
      hint: x.revocation.reason,
      tone: 'bad',
    })
  return all.toReversed()
}
