import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api, body, type Schemas } from '@/shared/api'
import { person } from '@/shared/session'

export type Notification = Schemas['NotificationsNotificationView']

export const notifications = (cursor: string) =>
  body(api.GET('/notifications', { params: { query: { limit: 30, ...(cursor ? { cursor } : {}) } } }))
export const readOne = (id: string) => body(api.POST('/notifications/{id}/read', { params: { path: { id } } }))
export const readAll = (until: string) => body(api.POST('/notifications/read', { body: { until } }))

/** What the badge says: how much one has not read, looked at again every minute. */
export function useUnread() {
  const found = useQuery({
    queryKey: ['notifications', 'unread'],
    queryFn: () => body(api.GET('/notifications/unread')),
    enabled: computed(() => !!person.value),
    refetchInterval: 60_000,
    retry: false,
  })
  return computed(() => {
    const n = found.data.value
    return !n?.count ? '' : n.more ? `${n.count}+` : String(n.count)
  })
}
