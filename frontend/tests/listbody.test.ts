import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createApp, h, type App } from 'vue'
import { afterEach, expect, it, vi } from 'vitest'
import { i18n } from '@/shared/i18n'
import { useList } from '@/shared/list'
import ListBody from '@/shared/ui/ListBody.vue'

type Row = { id: string }

let app: App | undefined
afterEach(() => {
  app?.unmount()
  document.body.replaceChildren()
})

/** A list of pages of one row each, drawn with everything that stands around it. */
function drawn(pages: number) {
  app = createApp({
    setup() {
      const list = useList('rows', {}, async (query: { cursor?: string }) => {
        const n = Number(query.cursor ?? 1)
        return {
          data: {
            items: pages ? [{ id: `r${n}` }] : [],
            total: pages,
            nextCursor: n < pages ? String(n + 1) : undefined,
          },
          response: new Response(),
        } as never
      })
      return () =>
        h(
          ListBody<Row>,
          {
            of: list as never,
            label: 'Rows',
            columns: [
              { key: 'id', label: 'Id', text: (r) => r.id },
              { key: 'other', label: 'Other', text: () => 'said' },
            ],
            rowKey: (r) => r.id,
          },
          {
            id: ({ row }: { row: Row }) => h('b', `drawn ${row.id}`),
            empty: () => h('a', 'begin'),
            after: () => h('em', 'below'),
          },
        )
    },
  })
  app.use(i18n).use(VueQueryPlugin, { queryClient: new QueryClient() })
  app.mount(document.body.appendChild(document.createElement('div')))
}
const text = (selector: string) => [...document.querySelectorAll(selector)].map((x) => x.textContent?.trim())

it('draws the columns that have a slot and says the others, with the foot and what stands below', async () => {
  drawn(2)
  await vi.waitFor(() => expect(text('tbody td')).toEqual(['drawn r1', 'said']))
  expect(text('footer .hint')[0]).toMatch(/1.*2/)
  expect(text('em')).toEqual(['below'])
  expect(text('a')).toEqual([])
  document.querySelector<HTMLButtonElement>('footer button')!.click()
  await vi.waitFor(() => expect(text('tbody b')).toEqual(['drawn r1', 'drawn r2']))
  expect(text('footer button')).toEqual([])
})

it('says what can be done where there is nothing', async () => {
  drawn(0)
  await vi.waitFor(() => expect(text('a')).toEqual(['begin']))
  expect(text('table')).toEqual([])
  expect(text('em')).toEqual([])
})
