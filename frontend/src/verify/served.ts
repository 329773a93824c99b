import { mark } from './dom'
import { offline, signature } from '../shared/proof/judge'
import { keys, listFor } from '../shared/proof/known'
import { wordsOf } from './words'

/** The server has said what it knows of the code; here the signature in the text itself is checked. */
export async function served(page: HTMLElement) {
  const note = page.querySelector<HTMLElement>('#signature')
  const say = (state: 'checking' | 'genuine' | 'forged' | 'none' | 'offline') => {
    if (!note) return
    note.dataset.state = state
    note.textContent = note.dataset[state] ?? ''
  }
  if (location.hash.length < 2) {
    void keys()
    void listFor(0)
    return say('none')
  }
  say('checking')
  const text = location.href
  const { value, fresh } = await keys()
  const found = await signature(text, value, fresh)
  if (found.verdict === 'genuine') {
    say(fresh ? 'genuine' : 'offline')
    // Kept for the day without a network; a page that was kept may be out of date.
    if (found.facts) {
      const list = await listFor(found.facts.status)
      const now = fresh ? undefined : await offline(text, value, list)
      if (now?.verdict === 'revoked' || now?.verdict === 'superseded' || now?.verdict === 'expired')
        overrule(page, now.verdict)
    }
  } else if (found.verdict === 'undecided') {
    say('none')
  } else {
    say('forged')
    overrule(page, 'forged')
  }
}

/** What the text proves stands above what the server knows of its number. */
function overrule(page: HTMLElement, verdict: 'forged' | 'revoked' | 'superseded' | 'expired') {
  const [words, others] =
    document.documentElement.lang === 'en' ? [wordsOf('en'), wordsOf('zh-CN')] : [wordsOf('zh-CN'), wordsOf('en')]
  page.className = `v ${verdict}`
  page.dataset.verdict = verdict
  page.querySelector('.head svg')?.replaceWith(mark(verdict))
  const put = (selector: string, text: string) => {
    const e = page.querySelector(selector)
    if (e) e.textContent = text
  }
  put('#word', words.word[verdict])
  put('.other', others.word[verdict])
  put('#why', words.why[verdict])
  put('.body > p.hint', words.next[verdict])
  if (verdict === 'forged') {
    // Nothing of a forgery is repeated, nor lent the log's word.
    page.querySelector('dl')?.remove()
    page.querySelector('.body > p.hint a')?.closest('p')?.remove()
  }
  document.title = `${words.word[verdict]} · ${words.title}`
}
