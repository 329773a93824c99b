import { computed } from 'vue'
import { createI18n } from 'vue-i18n'
import { nestTitles } from './titles'

export type Language = 'zh-CN' | 'en'
type Words = Record<string, unknown>

const files = import.meta.glob<Words>('../locales/*/*.ts', { import: 'default', eager: true })

/** locales/zh-CN/people.ts holds what is said as people.* */
function wordsOf(of: Language): Words {
  const found: Words = {}
  for (const [path, words] of Object.entries(files)) {
    const [, lang, feature] = /locales\/([^/]+)\/([^/]+)\.ts$/.exec(path) ?? []
    if (lang === of && feature) found[feature] = words
  }
  return found
}

function preferred(): Language {
  const kept = localStorage.getItem('language')
  return kept === 'en' || kept === 'zh-CN' ? kept : 'zh-CN'
}

export const i18n = createI18n({
  legacy: false,
  locale: preferred(),
  fallbackLocale: 'zh-CN',
  // One of something is singular; a figure that comes as text (1,234 or 19.97)
  // is plural, unless its number is given as count.
  pluralRules: { en: (choice: number, forms: number) => (choice === 1 ? 0 : Math.min(1, forms - 1)) },
  missingWarn: false,
  fallbackWarn: false,
  postTranslation: (said) => (typeof said === 'string' ? nestTitles(said) : said),
  messages: { 'zh-CN': wordsOf('zh-CN'), en: wordsOf('en') } as Record<Language, Record<string, never>>,
})

export const language = computed<Language>(() => i18n.global.locale.value as Language)

export function speak(next: Language) {
  i18n.global.locale.value = next
  localStorage.setItem('language', next)
  document.documentElement.lang = next
}
document.documentElement.lang = preferred()

type Say = (key: string, params?: Record<string, unknown>) => string
const { t, te } = i18n.global as unknown as { t: Say; te: (key: string) => boolean }
export const say: Say = (key, params) => t(key, params ?? {})
export const knows = (key: string) => te(key)
