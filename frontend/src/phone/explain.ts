import { showFailToast, showSuccessToast } from 'vant'
import { Refusal } from '@/shared/api'
import { say } from '@/shared/i18n'

export function explain(error: unknown): string {
  if (!(error instanceof Refusal)) return say('shared.failed')
  return error.offline ? say('shared.offline') : error.problem.detail || say('shared.failed')
}
export const refused = (error: unknown) =>
  void showFailToast({ message: explain(error), duration: 4000, wordBreak: 'break-word' })
export const done = (words: string) => void showSuccessToast(words)
