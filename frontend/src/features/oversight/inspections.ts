import { api, body, type Schemas } from '@/shared/api'
import type { Tone } from '@/shared/ui/Tag.vue'

export type Inspection = Schemas['OversightInspectionView']
export type Item = Schemas['OversightItemView']
export type Order = Schemas['OversightDrawBody']
export type Entry = Schemas['OversightEnterBody']
export type Result = Item['result']

export const subjects = ['people', 'institutions', 'sessions'] as const
export const results = ['toInspect', 'fine', 'deviation'] as const
export const resultTones: Record<Result, Tone> = { toInspect: 'warn', fine: 'good', deviation: 'bad' }

const at = (id: string) => ({ params: { path: { id } } })

export const inspections = (query: { limit: number; cursor?: string; organizationId?: string }) =>
  api.GET('/inspections', { params: { query } })
export const inspection = (id: string) => body(api.GET('/inspections/{id}', at(id)))
export const items = (id: string, query: { limit: number; cursor?: string; result?: Result }) =>
  api.GET('/inspections/{id}/items', { params: { path: { id }, query } })
export const draw = (order: Order) => body(api.POST('/inspections', { body: order }))
export const enter = (id: string, rank: number, entry: Entry) =>
  body(api.PUT('/inspections/{id}/items/{rank}', { params: { path: { id, rank } }, body: entry }))
export const withdraw = (id: string, reason: string) =>
  body(api.POST('/inspections/{id}/withdrawal', { ...at(id), body: { reason } }))
export const recompute = (id: string) => body(api.GET('/inspections/{id}/recomputation', at(id)))
