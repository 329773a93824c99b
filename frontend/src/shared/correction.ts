import type { Schemas } from './api'

type Correction = Pick<Schemas['PeopleCorrectionView'], 'field' | 'current' | 'wanted' | 'spell' | 'before'>
type Say = (key: string, params?: Record<string, unknown>) => string

/** What a request for correction would change, in words; full is what a masked field should say. */
export function changeOf(c: Correction, t: Say, full = ''): { from: string; to: string } {
  if (c.field === 'education') {
    const word = (e: string) => (e ? t(`people.educations.${e}`) : t('privacy.blank'))
    return { from: word(c.current), to: word(c.wanted) }
  }
  if (c.field !== 'employment' || !c.spell) return { from: c.current || t('privacy.blank'), to: full || c.wanted }
  const b = c.before
  const words = (post?: string, from?: string, to?: string) =>
    `${post ? `${t(`people.roles.${post}`)} ` : ''}${from ?? ''}–${to || t('shared.now')}`
  return {
    from: words(b?.role, b?.startedOn, b?.endedOn),
    to: words(
      c.spell.role ?? b?.role,
      c.spell.startedOn ?? b?.startedOn,
      c.spell.stillOnPost ? undefined : (c.spell.endedOn ?? b?.endedOn),
    ),
  }
}
