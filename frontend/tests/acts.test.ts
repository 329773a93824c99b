import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { act, nounWord, tell } from '@/features/audit/words'
import { speak, type Language } from '@/shared/i18n'

/** What the program's sources record in the operation log, and what its API may say. */
const told = (file: string) =>
  JSON.parse(readFileSync(join(__dirname, '..', '..', 'server', 'app', 'testdata', file), 'utf8'))
const acts = told('acts.json') as { verbs: string[]; nouns: string[]; keys: string[] }

/** The values that the API's document lists for a property or a parameter of this name. */
function listed(name: string): string[] {
  const out = new Set<string>()
  const walk = (node: unknown, of = ''): void => {
    if (Array.isArray(node)) for (const n of node) walk(n, of)
    if (!node || typeof node !== 'object' || Array.isArray(node)) return
    const n = node as Record<string, unknown>
    if (of === name && Array.isArray(n.enum)) for (const v of n.enum) if (v !== '') out.add(String(v)) // what is emptied needs no word
    for (const [key, child] of Object.entries(n)) {
      if (key === 'properties') for (const [k, c] of Object.entries(child as object)) walk(c, k)
      else walk(child, key === 'items' ? of : key === 'schema' && typeof n.name === 'string' ? n.name : '')
    }
  }
  walk(told('openapi.json'))
  return [...out]
}

describe.each<Language>(['zh-CN', 'en'])('the operation log in %s', (language) => {
  const untold = (words: string[], say: (word: string) => string) => {
    speak(language)
    return words.filter((w) => say(w) === w && !(language === 'en' && /^[a-z]+$/.test(w)))
  }
  it('has words for every verb', () => expect(untold(acts.verbs, (v) => act(v, 'x').split(' · ')[0]!)).toEqual([]))
  it('has words for every noun', () => expect(untold(acts.nouns, nounWord)).toEqual([]))
  it('has words for every detail', () =>
    expect(untold(acts.keys, (k) => tell({ [k]: '1' }, new Map())[0]!.label)).toEqual([]))
  it.each(['channel', 'education', 'family', 'field', 'gender', 'idType', 'indicator', 'kind', 'kinds'])(
    'has words for every %s',
    (key) => expect(untold(listed(key), (v) => tell({ [key]: v }, new Map())[0]!.text)).toEqual([]),
  )
  it.each(['method', 'result', 'role', 'state', 'status'])('has words for every %s', (key) =>
    expect(untold(listed(key), (v) => tell({ [key]: v }, new Map())[0]!.text)).toEqual([]),
  )
})
