import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api, body } from '@/shared/api'
import { may } from '@/shared/session'

const EVERY = 300_000

/** What waits behind entries of the menu, seen from every page: the witnesses of the issuance log. */
export function useWaiting() {
  const witnesses = useQuery({
    queryKey: ['waiting', 'witnesses'],
    enabled: computed(() => may('logWitness', 'send')),
    refetchInterval: EVERY,
    queryFn: async () => {
      const s = await body(api.GET('/log-witnesses/standing'))
      return s.silent + s.refused + s.alarms
    },
  })
  return computed((): Record<string, number> => ({ logWitnesses: witnesses.data.value ?? 0 }))
}
