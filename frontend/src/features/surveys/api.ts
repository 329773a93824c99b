import { api, body, type Schemas } from '@/shared/api'
import type { Tone } from '@/shared/ui/Tag.vue'

export type Survey = Schemas['SurveysSurveyView']
export type Detail = Schemas['SurveysSurveyDetailView']
export type Answered = Schemas['SurveysAnsweredView']
export type Total = Schemas['SurveysTotalView']
export const dimensions = ['provider', 'teacher', 'course'] as const
export type Dimension = (typeof dimensions)[number]

export const tones: Record<Survey['stage'], Tone> = { open: 'warn', few: 'quiet', closed: 'good' }

export const surveys = (query: { limit: number; cursor?: string; organizationId?: string }) =>
  api.GET('/surveys', { params: { query } })
export const survey = (id: string) => body(api.GET('/surveys/{id}', { params: { path: { id } } }))
export const remarks = ({ id, ...query }: { id: string; limit: number; cursor?: string }) =>
  api.GET('/surveys/{id}/remarks', { params: { path: { id }, query } })
export const totals = (query: {
  limit: number
  cursor?: string
  organizationId?: string
  by: Dimension
  year: number
}) => api.GET('/surveys/totals', { params: { query } })
