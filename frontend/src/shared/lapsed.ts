import { today } from './format'

/** What is valid until a day is told to be over from the next one on. */
export const stateOf = <S extends string>(c: { status: S; expiresOn?: string | null }, on = today()): S | 'expired' =>
  c.status === 'valid' && c.expiresOn && c.expiresOn < on ? 'expired' : c.status
