import type { Schemas } from '@/shared/api'
import { kinds, type Draft, type Kind, type Organization } from './api'

/** The form of an organisation. */
export type Form = Draft & { closedOn?: string; from?: string }

/** Fields that not every kind has: what was filled in before the kind was chosen anew is not sent. */
const kindsOf: Partial<Record<keyof Form, Kind[]>> = {
  approvedBeds: ['institution'],
  grade: ['institution'],
  hasInHouseClinic: ['institution'],
  smallCareHome: ['institution'],
  assessmentCode: ['assessmentBody'],
  validFrom: ['assessmentBody'],
  validTo: ['assessmentBody'],
  operatorGroupId: ['institution', 'trainingSchool', 'practiceBase', 'assessmentBody'],
  parentId: kinds.filter((k) => k !== 'operatorGroup'),
}
/** Whether the form shows a field for a kind; what it does not show stays as it is. */
export const shows = (field: keyof Form, kind: Kind) => kindsOf[field]?.includes(kind) ?? true

/** What can be emptied, and what is sent for it then. */
const emptied = {
  creditCode: '',
  subdistrictCode: '',
  grade: '',
  assessmentCode: '',
  validFrom: '',
  validTo: '',
  operatorGroupId: '',
  parentId: '',
  approvedBeds: 0,
} as const
const optional = Object.keys(emptied) as (keyof typeof emptied)[]

/** What is sent in a way of its own. */
const apart = ['closedOn', 'from', 'occupations']

function filled({ kind, ...rest }: Form) {
  return Object.fromEntries(
    Object.entries(rest).filter(
      ([k, v]) => !apart.includes(k) && v !== undefined && v !== '' && v !== null && shows(k as keyof Form, kind),
    ),
  ) as unknown as Omit<Draft, 'kind' | 'occupations'>
}

/** What is sent to register it; an assessment body without occupations is filed for the main one. */
export function drafted(form: Form): Draft {
  const { kind, occupations } = form
  return { ...filled(form), ...(kind === 'assessmentBody' && occupations?.length ? { occupations } : {}), kind }
}

/** What is sent to change it: a field emptied in the form is sent empty, which removes it. */
export function changed(form: Form, before: Organization): Schemas['OrganizationsAmendInputBody'] {
  const now = filled(form)
  return {
    ...now,
    ...(form.kind === 'assessmentBody' ? { occupations: form.occupations ?? [] } : {}),
    ...Object.fromEntries(
      optional.filter((k) => shows(k, form.kind) && before[k] && !now[k]).map((k) => [k, emptied[k]]),
    ),
    from: form.from,
    ...(form.closedOn !== before.closedOn ? { closedOn: form.closedOn ?? '' } : {}),
  }
}
