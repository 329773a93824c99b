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
export const standingTone = { written: 'warn', confirmed: 'good', contested: 'bad', replaced: 'quiet' } as const
