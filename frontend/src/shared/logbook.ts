import { api, body, type Schemas } from './api'

export type LogEntry = Schemas['TrainingLogEntryView']
export type LogDraft = Schemas['TrainingLogBody']

const at = (id: string) => ({ params: { path: { id } } })
export const logbook = async (session: string) =>
  (await body(api.GET('/sessions/{id}/logbook', at(session)))).items ?? []
export const enter = (session: string, entry: LogDraft) =>
  body(api.POST('/sessions/{id}/logbook', { ...at(session), body: entry }))
export const confirmEntry = (id: string) => body(api.POST('/logbook/{id}/confirmation', at(id)))
export const contestEntry = (id: string, reason: string) =>
  body(api.POST('/logbook/{id}/contest', { ...at(id), body: { reason } }))
/** The catalogue of standards, and what an entry names each by. */
export const standards = async () =>
  ((await body(api.GET('/standards'))).items ?? []).map((s) => ({ name: s.code || s.title, title: s.title }))
export type Standard = Awaited<ReturnType<typeof standards>>[number]
/** Those of the course first, then the rest of the catalogue. */
export function choices(ofCourse: string[], catalogue: Standard[]): Standard[] {
  const known = new Map(catalogue.map((s) => [s.name, s]))
  const first = ofCourse.map((name) => known.get(name) ?? { name, title: name })
  return [...first, ...catalogue.filter((s) => !ofCourse.includes(s.name))]
}
/** What was practised, as one line. */
export const topicOf = (e: LogEntry) => [e.topic.standard, e.topic.text].filter(Boolean).join(' · ')
export const standingTone = { written: 'warn', confirmed: 'good', contested: 'bad', replaced: 'quiet' } as const
