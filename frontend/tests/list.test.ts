import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createApp, type App } from 'vue'
import { afterEach, expect, it, vi } from 'vitest'
import { useList } from '@/shared/list'

type Row = { id: string }
type Answer = { items: Row[]; total: number; totalIsMore: boolean; nextCursor?: string }

let app: App | undefined
afterEach(() => app?.unmount())

/** A list whose pages are empty up to a number. */
function listed(emptyUpTo: number, pages: number) {
  const fetched: (string | undefined)[] = []
  const fetchPage = async (query: { cursor?: string }) => {
    fetched.push(query.cursor)
    const n = Number(query.cursor ?? 0)
    const data: Answer = {
      items: n < emptyUpTo ? [] : [{ id: String(n) }],
      total: 0,
      totalIsMore: true,
      nextCursor: n + 1 < pages ? String(n + 1) : undefined,
    }
    return { data, response: new Response() }
  }
  let list!: ReturnType<typeof useList<Row, Record<string, never>>>
  app = createApp({
    setup() {
      list = useList<Row, Record<string, never>>('rows', {}, fetchPage as never)
      return () => null
    },
  })
  app.use(VueQueryPlugin, { queryClient: new QueryClient() })
  app.mount(document.createElement('div'))
  return { list, fetched }
}

it('reads on behind pages without a row', async () => {
  const { list, fetched } = listed(3, 9)
  expect(list.isPending.value).toBe(true)
  await vi.waitFor(() => expect(list.items.value).toEqual([{ id: '3' }]))
  expect(fetched).toHaveLength(4)
  expect(list.empty.value).toBe(false)
})

it('stops after a while, and offers more instead of telling that there is nobody', async () => {
  const { list, fetched } = listed(40, 50)
  await vi.waitFor(() => expect(list.isPending.value).toBe(false))
  expect(fetched).toHaveLength(10)
  expect(list.empty.value).toBe(false)
  expect(list.hasNextPage.value).toBe(true)
})

it('is empty where there is nothing behind', async () => {
  const { list } = listed(2, 2)
  await vi.waitFor(() => expect(list.empty.value).toBe(true))
  expect(list.isPending.value).toBe(false)
})
