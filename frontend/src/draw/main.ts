import { check, digest, ranked, read, type Lot, type Published } from './rule'

/** The public page of a draw: the server said how it was made, here it is made again. */
const id = document.querySelector<HTMLElement>('main')?.dataset.inspection
const button = document.querySelector<HTMLButtonElement>('#check')
const result = document.querySelector<HTMLElement>('#result')
const own = document.querySelector<HTMLElement>('#own')

let known: Promise<{ published: Published; lots: Lot[] }> | undefined
const ask = async (path: string) => {
  const answer = await fetch(`/api/v1/public/inspections/${id}${path}`)
  if (!answer.ok) throw new Error(String(answer.status))
  return answer
}
function facts() {
  known ??= Promise.all([
    ask('').then((a) => a.json() as Promise<Published>),
    ask('/population.txt').then((a) => a.text()),
  ]).then(([published, text]) => ({ published, lots: read(text) }))
  known.catch(() => (known = undefined))
  return known
}
const line = (text: string, className = '') => {
  const e = document.createElement('li')
  e.textContent = text
  e.className = className
  return e
}

function numbers(lots: Lot[]) {
  const kept = ranked(lots)
  const section = document.querySelector<HTMLElement>('#drawn')!
  section.querySelector('ul')!.replaceChildren(...kept.map((lot) => line(String(lot.number))))
  section.hidden = false
}

async function again(result: HTMLElement) {
  const head = document.createElement('h3')
  const list = document.createElement('ul')
  try {
    const { published, lots } = await facts()
    const steps = await check(published, lots)
    const same = steps.every((s) => s.same)
    result.dataset.same = same ? 'yes' : 'no'
    head.textContent = (same ? result.dataset.sameWord : result.dataset.otherWord) ?? ''
    list.append(
      ...steps.map((s) =>
        line(
          `${s.same ? '✓' : '✗'} ${result.dataset[s.step]}：${s.same ? result.dataset.yes : result.dataset.no}`,
          s.same ? 'yes' : 'no',
        ),
      ),
    )
    numbers(lots)
  } catch {
    result.dataset.same = 'no'
    head.textContent = result.dataset.failedWord ?? ''
  }
  result.replaceChildren(head, list)
}

if (id && button && result) {
  button.hidden = false
  button.addEventListener('click', async () => {
    button.disabled = true
    await again(result)
    button.disabled = false
  })
  void facts()
    .then(({ lots }) => numbers(lots))
    .catch(() => undefined)
}
if (id && own) {
  own.hidden = false
  own.querySelector('form')!.addEventListener('submit', async (e) => {
    e.preventDefault()
    const text = own.querySelector('input')!.value.trim()
    const answer = own.querySelector<HTMLElement>('.answer')!
    if (!text) return
    try {
      const { published, lots } = await facts()
      const key = await digest(published.seed + text)
      const lot = lots.find((l) => l.key === key)
      const words = own.dataset
      answer.textContent = ((lot ? (lot.rank ? words.drawn : words.in) : words.absent) ?? '')
        .replace('{number}', String(lot?.number))
        .replace('{rank}', String(lot?.rank))
    } catch {
      answer.textContent = result?.dataset.failedWord ?? ''
    }
  })
}
