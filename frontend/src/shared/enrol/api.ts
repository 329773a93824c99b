import { api, body, type Schemas } from '../api'
import { today } from '../format'

export type Suggestion = Schemas['TrainingSuggestionView']

/** Classes that still take people, the nearest first. */
export const openClasses = async (organizationId?: string) => {
  const page = await body(api.GET('/classes', { params: { query: { organizationId, status: 'open', limit: 100 } } }))
  return (page.items ?? []).filter((c) => c.endsOn >= today()).toSorted((a, b) => a.startsOn.localeCompare(b.startsOn))
}

/** The classes that would take most of these people, the best first. */
export const suggestions = async (personIds: string[]) =>
  (await body(api.POST('/class-suggestions', { body: { personIds: personIds.slice(0, 200) } }))).items ?? []

export const enrol = (classId: string, personIds: string[]) =>
  body(api.POST('/classes/{id}/enrolments', { params: { path: { id: classId } }, body: { personIds } }))
