import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createApp, ref, type App } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { afterEach, expect, it, vi } from 'vitest'
import { useFigure } from '@/shared/scope'

let app: App | undefined
afterEach(() => app?.unmount())

async function figure(path: string) {
  const router = createRouter({
    history: createMemoryHistory(),
    routes: [{ path: '/', component: { render: () => null } }],
  })
  await router.push(path)
  const rule = ref<string>()
  const read = vi.fn(async (of: string, on: string) => `${of} ${on} ${rule.value ?? ''}`.trim())
  let one!: ReturnType<typeof useFigure<string>>
  app = createApp({
    setup() {
      one = useFigure('figure', read, rule)
      return () => null
    },
  })
  app.use(router).use(VueQueryPlugin, { queryClient: new QueryClient() }).mount(document.createElement('div'))
  return { router, rule, read, said: () => one.data.value }
}

it('is read for the organisation and the day of the address, and anew when these or a choice change', async () => {
  const f = await figure('/?org=a&asOf=2026-01-31')
  await vi.waitFor(() => expect(f.said()).toBe('a 2026-01-31'))
  await f.router.replace('/?org=b&asOf=2026-01-31')
  await vi.waitFor(() => expect(f.said()).toBe('b 2026-01-31'))
  f.rule.value = 'r'
  await vi.waitFor(() => expect(f.said()).toBe('b 2026-01-31 r'))
  expect(f.read).toHaveBeenCalledTimes(3)
})

it('is not read while nobody says of which organisation', async () => {
  const f = await figure('/?asOf=2026-01-31')
  await new Promise((r) => setTimeout(r))
  expect(f.read).not.toHaveBeenCalled()
})
