import { createApp, h, nextTick, ref, type App } from 'vue'
import { afterEach, expect, it, vi } from 'vitest'
import { Refusal } from '@/shared/api'
import { i18n } from '@/shared/i18n'
import SendForm from '@/phone/parts/SendForm.vue'

let app: App | undefined
afterEach(() => {
  app?.unmount()
  document.body.replaceChildren()
})

function form(act: () => Promise<unknown>, more: { tell?: () => string } = {}) {
  const ready = ref(true)
  const made = vi.fn()
  const cancelled = vi.fn()
  const own = ref<{ forget(): void }>()
  app = createApp({
    setup: () => () =>
      h(SendForm, {
        ref: own,
        word: 'Send',
        ready: ready.value,
        act,
        cancellable: true,
        onDone: made,
        onCancel: cancelled,
        ...more,
      }),
  })
  app.use(i18n).mount(document.body.appendChild(document.createElement('div')))
  const send = () => document.querySelector('form')!.dispatchEvent(new Event('submit', { cancelable: true }))
  return { ready, made, cancelled, own, send, told: () => document.querySelector('[role=alert]')?.textContent }
}
const refusal = () => Promise.reject(new Refusal({ title: 'no', detail: 'not so', status: 422 } as never))

it('is sent once at a time and only when it is ready, and hands on what came back', async () => {
  let over!: (v: string) => void
  const act = vi.fn(() => new Promise<string>((r) => (over = r)))
  const f = form(act)
  f.ready.value = false
  await nextTick()
  f.send()
  expect(act).not.toHaveBeenCalled()
  f.ready.value = true
  await nextTick()
  f.send()
  f.send()
  expect(act).toHaveBeenCalledTimes(1)
  over('made')
  await vi.waitFor(() => expect(f.made).toHaveBeenCalledWith('made'))
})

it('tells what was refused until it is sent again or told to forget it', async () => {
  const f = form(refusal)
  f.send()
  await vi.waitFor(() => expect(f.told()).toBe('not so'))
  expect(f.made).not.toHaveBeenCalled()
  f.own.value!.forget()
  await nextTick()
  expect(f.told()).toBeUndefined()
})

it('tells it in other words where it is given them, and can be left', async () => {
  const f = form(refusal, { tell: () => 'the field' })
  f.send()
  await vi.waitFor(() => expect(f.told()).toBe('the field'))
  document.querySelectorAll('button')[1]!.click()
  expect(f.cancelled).toHaveBeenCalled()
})
