import { api, body, type Schemas } from '@/shared/api'

export type LiveCode = Schemas['PresentationsLiveCodeView']
export type Link = Schemas['PresentationsLinkView']
export type Links = Schemas['PresentationsLinksView']
export type Visit = Schemas['PresentationsVisitView']

/** A live code with the instants of this phone's own clock, which may be wrong. */
export interface Shown {
  text: string
  renewAt: number
  endsAt: number
  seconds: number
}

export function byThisClock(c: LiveCode, now: number): Shown {
  const ahead = now - Date.parse(c.now)
  const made = Date.parse(c.madeAt)
  return {
    text: c.qrText,
    renewAt: Date.parse(c.renewAt) + ahead,
    endsAt: Date.parse(c.endsAt) + ahead,
    seconds: Math.round((Date.parse(c.renewAt) - made) / 1000),
  }
}

export const liveCode = async (id: string): Promise<Shown> =>
  byThisClock(await body(api.GET('/certificates/{id}/live-code', { params: { path: { id } } })), Date.now())

/** Whether somebody opened the code of this part, and the sign they were told. */
export const opening = (id: string, part: string) =>
  body(api.GET('/certificates/{id}/live-code/opening', { params: { path: { id }, query: { part } } }))

export const links = (id: string): Promise<Links> =>
  body(api.GET('/certificates/{id}/links', { params: { path: { id } } }))
export const makeLink = (id: string, draft: { hours: number; label: string; asksName: boolean }): Promise<Link> =>
  body(api.POST('/certificates/{id}/links', { params: { path: { id } }, body: draft }))
export const endLink = (id: string) => api.DELETE('/certificate-links/{id}', { params: { path: { id } } })
export const visits = (id: string, cursor?: string) =>
  body(api.GET('/certificate-links/{id}/visits', { params: { path: { id }, query: { limit: 20, cursor } } }))
