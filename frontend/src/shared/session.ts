import { computed, ref } from 'vue'
import { api, body, rememberToken, Refusal, type Schemas } from './api'
import { mainRole, permits } from './permissions'

type Session = Schemas['AccountsSessionView']

const current = ref<Session>()
export const user = computed(() => current.value?.user)
export const grants = computed(() => current.value?.user.grants ?? [])
export const role = computed(() => mainRole(grants.value.map((g) => g.role)))
export const person = computed(() => current.value?.user.personId)

export const may = (noun: string, verb: string) => permits(current.value?.permissions ?? [], noun, verb)

export function opened(session: Session) {
  current.value = session
  rememberToken(session.csrfToken)
}
export function closed() {
  current.value = undefined
  rememberToken('')
}

/** Who is signed in; nobody is an answer, too. Being offline is not: that is thrown. */
export async function readSession(): Promise<Session | undefined> {
  try {
    opened(await body(api.GET('/sessions/current')))
  } catch (e) {
    if (!(e instanceof Refusal) || e.status !== 401) throw e
    closed()
  }
  return current.value
}

export async function signOut() {
  await api.DELETE('/sessions/current').catch(() => undefined)
  closed()
}
