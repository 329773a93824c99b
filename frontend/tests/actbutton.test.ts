import { createApp, h, type App } from 'vue'
import { afterEach, expect, it, vi } from 'vitest'
import { Refusal } from '@/shared/api'
import { i18n } from '@/shared/i18n'
import ActButton from '@/shared/ui/ActButton.vue'

let app: App | undefined
afterEach(() => {
  app?.unmount()
  document.body.replaceChildren()
})

function button(act: () => Promise<unknown>) {
  const made = vi.fn()
  app = createApp({
    setup: () => () => h(ActButton, { act, said: 'kept', disabled: false, onDone: made }, () => 'Keep'),
  })
  app.use(i18n).mount(document.body.appendChild(document.createElement('div')))
  return { made, press: () => document.querySelector('button')!.click() }
}
const told = () => document.querySelector('.el-message')?.textContent

it('does it once at a time, says so, and hands on what came back', async () => {
  let over!: (v: string) => void
  const act = vi.fn(() => new Promise<string>((r) => (over = r)))
  const b = button(act)
  b.press()
  b.press()
  expect(act).toHaveBeenCalledTimes(1)
  over('made')
  await vi.waitFor(() => expect(b.made).toHaveBeenCalledWith('made'))
  expect(told()).toContain('kept')
  b.press()
  expect(act).toHaveBeenCalledTimes(2)
})

it('tells what was refused', async () => {
  const b = button(async () => {
    throw new Refusal({ title: 'no', detail: 'not so', status: 422 } as never)
  })
  b.press()
  await vi.waitFor(() => expect(told()).toContain('not so'))
  expect(b.made).not.toHaveBeenCalled()
})
