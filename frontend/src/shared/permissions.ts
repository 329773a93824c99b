import type { Schemas } from './api'

export type Role = Schemas['AccountsGrantView']['role']

/** Does a list of "noun:verb" grant it? The server decides again; this only hides what would be refused. */
export function permits(granted: readonly string[], noun: string, verb: string): boolean {
  return granted.some((g) => g === `${noun}:${verb}` || g === `${noun}:*` || g === '*:*')
}

const order: Role[] = [
  'admin',
  'cityBureau',
  'districtBureau',
  'subdistrict',
  'institution',
  'school',
  'assessor',
  'auditor',
  'caregiver',
]

/** What somebody mainly is: decides how the first page begins. */
export function mainRole(roles: readonly Role[]): Role | undefined {
  return order.find((r) => roles.includes(r))
}
