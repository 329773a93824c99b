import { api, body } from '../api'
import { today } from '../format'

/** Classes that still take people, the nearest first. */
export const openClasses = async (organizationId?: string) => {
  const page = await body(api.GET('/classes', { params: { query: { organizationId, status: 'open', limit: 100 } } }))
  return (page.items ?? []).filter((c) => c.endsOn >= today()).toSorted((a, b) => a.startsOn.localeCompare(b.startsOn))
}

export const enrol = (classId: string, personIds: string[]) =>
  body(api.POST('/classes/{id}/enrolments', { params: { path: { id: classId } }, body: { personIds } }))
