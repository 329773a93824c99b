import en from '../../locales/en/log'
import zh from '../../locales/zh-CN/log'
import type { Language } from '../words'

export const wordsOf = (l: Language) => (l === 'en' ? en : zh)
export type Words = typeof zh
