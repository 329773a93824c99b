import { type InfiniteData, useInfiniteQuery } from '@tanstack/vue-query'
import { computed, type MaybeRefOrGetter, toValue, watchEffect } from 'vue'
import { body, type Page } from './api'
import { language } from './i18n'

export type Filters = Record<string, string | number | undefined>

/** What is being read from the server, by pages or at once. */
export interface Reading {
  isPending: { readonly value: boolean }
  error: { readonly value: unknown }
  refetch: () => unknown
}

/** Drops what is not set, so that the address and the query stay short. */
export function given<T extends Filters>(filters: T): T {
  return Object.fromEntries(Object.entries(filters).filter(([, v]) => v !== undefined && v !== '')) as T
}

/** How many pages without any row are read on by themselves; then "more" stands there. */
const emptyPages = 10

/** A list by pages of a cursor; the filters are its key. */
export function useList<T, F extends Filters>(
  name: string,
  filters: MaybeRefOrGetter<F>,
  fetchPage: (query: F & { limit: number; cursor?: string }) => Promise<{ data?: Page<T> }>,
  options: { limit?: number; enabled?: MaybeRefOrGetter<boolean>; every?: number } = {},
) {
  let size = options.limit ?? 50
  const query = useInfiniteQuery<Page<T>, Error, InfiniteData<Page<T>, string>, readonly unknown[], string>({
    queryKey: [name, computed(() => given(toValue(filters))), language] as readonly unknown[],
    enabled: computed(() => toValue(options.enabled) ?? true),
    initialPageParam: '',
    refetchInterval: options.every,
    queryFn: ({ pageParam }) =>
      body(fetchPage({ ...given(toValue(filters)), limit: size, ...(pageParam ? { cursor: pageParam } : {}) })),
    getNextPageParam: (last) => last.nextCursor ?? undefined,
  })
  const items = computed<T[]>(() => query.data.value?.pages.flatMap((p) => p.items ?? []) ?? [])
  const total = computed(() => query.data.value?.pages[0]?.total)
  const totalIsMore = computed(() => query.data.value?.pages[0]?.totalIsMore ?? false)
  // What no index holds is looked for a stretch at a time: a page may be empty with more behind it.
  const lookingOn = computed(
    () =>
      !items.value.length &&
      query.hasNextPage.value &&
      !query.isFetchNextPageError.value &&
      (query.data.value?.pages.length ?? 0) < emptyPages,
  )
  watchEffect(() => {
    if (lookingOn.value && !query.isFetching.value) void query.fetchNextPage()
  })
  const isPending = computed(() => query.isPending.value || lookingOn.value)
  /** There is nothing, and nothing more to be looked through. */
  const empty = computed(() => !isPending.value && !items.value.length && !query.hasNextPage.value)
  /** Everything, for sorting and exporting: at most the 10,000 that a total counts exactly. */
  async function all(): Promise<T[]> {
    size = 200
    try {
      for (let turn = 0; turn < 50 && query.hasNextPage.value; turn++) await query.fetchNextPage()
    } finally {
      size = options.limit ?? 50
    }
    return items.value
  }
  return { ...query, isPending, items, empty, total, totalIsMore, all }
}

/** What useList gives. */
export type Listed<T> = ReturnType<typeof useList<T, Filters>>
