import createClient, { type Middleware } from 'openapi-fetch'
import type { components, paths } from '@/generated/schema'
import { language } from './i18n'

export type Schemas = components['schemas']
export type Problem = Pick<Schemas['Problem'], 'title' | 'status' | 'detail' | 'code' | 'requestId' | 'errors'> &
  Record<string, unknown>

export const PREFIX = '/api/v1'

/** What the server refused, or that it could not be reached (status 0). */
export class Refusal extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail || problem.title)
    this.name = 'Refusal'
  }
  get status() {
    return this.problem.status
  }
  get code() {
    return this.problem.code
  }
  get offline() {
    return this.problem.status === 0
  }
}

const token = { csrf: '' }
export function rememberToken(csrf: string) {
  token.csrf = csrf
}

let signedOut: () => void = () => undefined
/** Says what to do when the session has ended. */
export function onSignedOut(then: () => void) {
  signedOut = then
}

export function headers(method: string): Record<string, string> {
  const own: Record<string, string> = { 'Accept-Language': language.value }
  if (!['GET', 'HEAD'].includes(method)) own['X-CSRF-Token'] = token.csrf
  return own
}

export async function refusalOf(response: Response): Promise<Refusal> {
  const blank: Problem = {
    title: response.statusText,
    status: response.status,
    detail: '',
    code: 'web.failure',
    requestId: response.headers.get('X-Request-Id') ?? '',
  }
  try {
    return new Refusal({ ...blank, ...((await response.clone().json()) as Partial<Problem>) })
  } catch {
    return new Refusal(blank)
  }
}

const manners: Middleware = {
  onRequest({ request }) {
    for (const [name, value] of Object.entries(headers(request.method))) request.headers.set(name, value)
    return request
  },
  async onResponse({ response, request }) {
    if (response.ok) return undefined
    if (response.status === 401 && !/\/sessions(\/current)?$|\/public\//.test(request.url)) signedOut()
    throw await refusalOf(response)
  },
  onError: () => new Refusal({ title: '', status: 0, detail: '', code: 'web.offline', requestId: '' }),
}

export const api = createClient<paths>({ baseUrl: PREFIX })
api.use(manners)

/** The body of an answer; refusals have been thrown by then. */
export async function body<T>(answer: Promise<{ data?: T }>): Promise<T> {
  return (await answer).data as T
}

export interface Page<T> {
  items: T[] | null
  nextCursor: string | null
  total: number
  totalIsMore?: boolean
}

/** The version of a document that is about to be changed. */
export async function versioned<T>(
  answer: Promise<{ data?: T; response: Response }>,
): Promise<{ data: T; version: string }> {
  const { data, response } = await answer
  return { data: data as T, version: response.headers.get('ETag') ?? '' }
}

export const file = (path: string) => PREFIX + path

/** Posts what the typed client does not speak: a form with a file, or what is answered by a file. */
export async function post(path: string, of: BodyInit, type?: string): Promise<Response> {
  const answer = await fetch(file(path), {
    method: 'POST',
    headers: { ...headers('POST'), ...(type ? { 'Content-Type': type } : {}) },
    body: of,
  }).catch(() => {
    throw new Refusal({ title: '', status: 0, detail: '', code: 'web.offline', requestId: '' })
  })
  if (!answer.ok) throw await refusalOf(answer)
  return answer
}
/** Sends a file with its fields as a form, and gives the answer. */
export async function upload<T>(path: string, fields: Record<string, string | Blob>): Promise<T> {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  return (await (await post(path, form)).json()) as T
}
