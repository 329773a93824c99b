import { api, body, type Schemas } from '@/shared/api'

export type User = Schemas['AccountsUserView']
export type Grant = Schemas['AccountsGrantView']
export type Token = Schemas['AccountsTokenView']

export const signIn = (username: string, password: string, otp?: string) =>
  body(api.POST('/sessions', { body: { username, password, ...(otp ? { otp } : {}) } }))

export const changePassword = (current: string, next: string) =>
  body(api.PUT('/users/me/password', { body: { current, new: next } }))
export const beginFactor = () => body(api.POST('/users/me/second-factor'))
export const confirmFactor = (code: string) => body(api.PUT('/users/me/second-factor', { body: { code } }))
export const endFactor = (code: string) => body(api.POST('/users/me/second-factor/end', { body: { code } }))

export const tokens = async () => (await body(api.GET('/tokens'))).items ?? []
export const addToken = (name: string, expiresAt: string) => body(api.POST('/tokens', { body: { name, expiresAt } }))
export const endToken = (id: string) => api.DELETE('/tokens/{id}', { params: { path: { id } } })

export const createUser = (draft: Schemas['AccountsCreateUserInputBody']) => body(api.POST('/users', { body: draft }))
export const updateUser = (id: string, version: string, change: Schemas['AccountsUpdateUserInputBody']) =>
  body(api.PATCH('/users/{id}', { params: { path: { id }, header: { 'If-Match': version } }, body: change }))
/** The roles that one may give, the highest first, and the kinds of organisation each is held at. */
export const grantable = async () => (await body(api.GET('/users/roles'))).items ?? []
