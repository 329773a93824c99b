import { api, body, type Schemas } from '../api'

export type Feed = Schemas['TrainingFeedView']
export const openFeed = (kind: Feed['kind'], targetId?: string) =>
  body(api.POST('/calendar-feeds', { body: { kind, targetId } }))
export const feeds = async () => (await body(api.GET('/calendar-feeds'))).items ?? []
export const revokeFeed = (id: string) => api.DELETE('/calendar-feeds/{id}', { params: { path: { id } } })
/** What a phone or a mail program subscribes to instead of downloading once. */
export const webcal = (url: string) => url.replace(/^https?:/, 'webcal:')
