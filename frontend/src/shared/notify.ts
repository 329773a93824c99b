import { ElMessage } from 'element-plus'
import 'element-plus/es/components/message/style/css'
import { Refusal } from './api'
import { say } from './i18n'

/** The server's own words where it gave any; ours for what it could not say: each ground by itself. */
export function grounds(error: unknown): string[] {
  if (!(error instanceof Refusal)) return [say('shared.failed')]
  if (error.offline) return [say('shared.offline')]
  const fields = (error.problem.errors ?? []).map((f) => f.message).filter((m) => m && m !== error.problem.detail)
  return [error.problem.detail || say('shared.failed'), ...fields]
}

export const explain = (error: unknown): string => grounds(error).join(' ')

export const done = (words: string) => void ElMessage({ type: 'success', message: words, grouping: true })
export const refused = (error: unknown) =>
  void ElMessage({ type: 'error', message: explain(error), duration: 6000, showClose: true, grouping: true })
