import { api, body, type Schemas } from '@/shared/api'

export type Own = Schemas['SurveysOwnView']
export type Asked = Schemas['SurveysOwnDetailView']

export const ownSurveys = async (): Promise<Own[]> => (await body(api.GET('/own-surveys'))).items ?? []
export const ownSurvey = (id: string): Promise<Asked> =>
  body(api.GET('/own-surveys/{id}', { params: { path: { id } } }))
export const answer = (id: string, answers: Record<string, string>): Promise<Own> =>
  body(api.PUT('/own-surveys/{id}/answers', { params: { path: { id } }, body: { answers } }))
export const toAnswer = (all: Own[] | undefined) => (all ?? []).filter((s) => s.open && !s.answered)
