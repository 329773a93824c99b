import type { Schemas } from '@/shared/api'

type Occupation = Schemas['CertificatesOccupationView']

/** What is sent for an occupation as somebody wrote it: the code of one that is known, else the words. */
export function sent(said: string, known: Occupation[]) {
  const words = said.trim()
  return known.find((o) => o.name.toLowerCase() === words.toLowerCase())?.code ?? words
}

/** Those known that may be meant by what is written so far; all of them once one of them is chosen. */
export function suggested(said: string, known: Occupation[]) {
  const words = said.trim().toLowerCase()
  return known.some((o) => o.name.toLowerCase() === words)
    ? known
    : known.filter((o) => o.name.toLowerCase().includes(words))
}
