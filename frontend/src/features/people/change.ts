import type { Schemas } from '@/shared/api'
import type { Draft, Person } from './api'

/** The form of a person's particulars; what a control is emptied to differs: '', null or nothing. */
export type Edited = Pick<Draft, 'name' | 'education' | 'major' | 'kinds' | 'birthDate' | 'gender'> & { phone?: string }

/** Their numbers do not tell the day of birth and the gender. */
export const silent = (p: Pick<Person, 'idType'>) => ['passport', 'hmtPass', 'foreignPermanent'].includes(p.idType)

/** Whether it may be sent: who has a kind cannot be left without one. */
export const complete = (form: Edited, p: Person) => !!form.name.trim() && (!!form.kinds?.length || !p.kinds?.length)

/**
 * What is sent of it: only what is another than it was, so that what somebody else has
 * filled in meanwhile stays; an emptied field is sent empty, which removes it.
 */
export function changed(form: Edited, p: Person, noPhone = false) {
  const fields = ['name', 'education', 'major', ...(silent(p) ? (['birthDate', 'gender'] as const) : [])] as const
  const different = fields.filter((k) => (form[k] ?? '') !== (p[k] ?? ''))
  const kinds = form.kinds ?? []
  return {
    ...Object.fromEntries(different.map((k) => [k, form[k] ?? ''])),
    ...(kinds.length && kinds.join() !== (p.kinds ?? []).join() ? { kinds } : {}),
    ...(form.phone ? { phone: form.phone } : noPhone ? { phone: '' } : {}),
  } as Schemas['PeopleAmendInputBody']
}
