import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { createI18n } from 'vue-i18n'

type Speaker = { global: { t: (key: string, values: object) => string } }
type Tree = { [key: string]: string | Tree }
const at = (language: string) =>
  import.meta.glob<Tree>('../src/locales/*/*.ts', { import: 'default', eager: true })[`../src/locales/${language}`]
const modules = import.meta.glob<Tree>('../src/locales/*/*.ts', { import: 'default', eager: true })
const features = [...new Set(Object.keys(modules).map((p) => p.split('/').at(-1)!.replace('.ts', '')))]

function keys(tree: Tree | undefined, before = ''): string[] {
  return Object.entries(tree ?? {}).flatMap(([k, v]) =>
    typeof v === 'string' ? [before + k] : keys(v, `${before}${k}.`),
  )
}
function leaf(tree: Tree, path: string): string {
  return path.split('.').reduce<Tree | string>((t, k) => (typeof t === 'string' ? t : t[k]!), tree) as string
}
const of = (language: string, feature: string) => modules[`../src/locales/${language}/${feature}.ts`]

describe('words', () => {
  it('knows the files', () => expect(at('zh-CN')).toBeUndefined())
  it.each(features)('%s says the same things in both languages', (feature) => {
    expect(keys(of('en', feature)).toSorted()).toEqual(keys(of('zh-CN', feature)).toSorted())
  })
  it.each(features)('%s names the same values in both languages', (feature) => {
    const params = (s: string) => [...new Set([...s.matchAll(/\{(\w+)\}/g)].map((m) => m[1]))].toSorted()
    for (const key of keys(of('zh-CN', feature)))
      expect(params(leaf(of('en', feature)!, key)), key).toEqual(params(leaf(of('zh-CN', feature)!, key)))
  })

  it.each(features)('%s can be said: nothing in it trips the reader of the words', (feature) => {
    const error = vi.spyOn(console, 'error')
    for (const language of ['zh-CN', 'en']) {
      const options = {
        legacy: false,
        locale: language,
        messages: { [language]: { [feature]: of(language, feature) } },
      }
      const say = (createI18n(options as never) as unknown as Speaker).global.t
      for (const key of keys(of(language, feature))) expect(() => say(`${feature}.${key}`, {}), key).not.toThrow()
    }
    expect(error).not.toHaveBeenCalled()
    error.mockRestore()
  })

  const files = (dir: string): string[] =>
    readdirSync(dir).flatMap((n) => (statSync(join(dir, n)).isDirectory() ? files(join(dir, n)) : [join(dir, n)]))
  const sources = files(join(__dirname, '..', 'src')).filter(
    (f) => /\.(vue|ts)$/.test(f) && !/locales|generated/.test(f),
  )
  const code = (text: string) => text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$|<!--[\s\S]*?-->/gm, '')

  it('no component says anything of its own', () => {
    const spoken = sources.flatMap((f) =>
      (code(readFileSync(f, 'utf8')).match(/[\u4e00-\u9fff]+/g) ?? []).map((w) => `${f.split('/src/')[1]}: ${w}`),
    )
    expect(spoken.filter((s) => !s.endsWith(': 中') && !s.endsWith(': 中文'))).toEqual([])
  })
  it('every fixed key that is said exists', () => {
    const known = new Set(features.flatMap((f) => keys(of('zh-CN', f)).map((k) => `${f}.${k}`)))
    const said = sources.flatMap((f) =>
      [...readFileSync(f, 'utf8').matchAll(/\b(?:t|say)\(\s*'([a-zA-Z]+\.[\w.]+)'/g)].map((m) => m[1]!),
    )
    expect([...new Set(said)].filter((k) => !known.has(k))).toEqual([])
  })
})
