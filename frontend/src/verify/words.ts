import zh from '../locales/zh-CN/verify'
import en from '../locales/en/verify'

export type Language = 'zh-CN' | 'en'
export function languageOf(): Language {
  try {
    const kept = localStorage.getItem('language')
    if (kept === 'en' || kept === 'zh-CN') return kept
  } catch {
    /* no store: the page's own language */
  }
  return document.documentElement.lang === 'en' ? 'en' : 'zh-CN'
}
export const wordsOf = (l: Language) => (l === 'en' ? en : zh)
export const fill = (text: string, values: Record<string, string>) =>
  text.replace(/\{(\w+)\}/g, (_, k: string) => values[k] ?? '')
