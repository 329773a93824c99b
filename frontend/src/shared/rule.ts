import { knows, say } from './i18n'

/** A version of a rule row in words: hours.qingpu@1 is the first version of Qingpu's rule for hours. */
export function ruleOf(version: string | null | undefined): string {
  const [id = '', n = ''] = (version ?? '').split('@')
  const key = `shared.rules.${id.replaceAll('.', '-')}`
  return knows(key) ? say('shared.ruleVersion', { name: say(key), n }) : (version ?? '')
}
