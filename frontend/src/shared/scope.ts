import { useQuery } from '@tanstack/vue-query'
import { computed, type Ref } from 'vue'
import { useRoute, useRouter, type Router } from 'vue-router'
import { api, body, type Schemas } from './api'
import { today } from './format'
import { language } from './i18n'
import { grants, may, role } from './session'

export type Organization = Schemas['OrganizationsOrganizationView']

const text = (v: unknown) => (typeof v === 'string' && v ? v : undefined)

/** Every organisation in reach, for the chooser; the list is short for all but a city. */
export function useReach() {
  return useQuery({
    queryKey: ['reach'],
    enabled: computed(() => may('organization', 'list')),
    staleTime: 60_000,
    queryFn: async () => (await body(api.GET('/organizations', { params: { query: { limit: 200 } } }))).items ?? [],
  })
}

const rank: Record<string, number> = {
  cityBureau: 0,
  districtBureau: 1,
  subdistrict: 2,
  trainingSchool: 3,
  institution: 4,
}

/** Scope and date stand in the address and change everything below the top bar. */
export function useScope() {
  const route = useRoute()
  const router = useRouter()
  const reach = useReach()
  const home = computed(() => {
    const granted = grants.value.find((g) => g.role === role.value)?.organizationId
    if (granted) return granted
    return [...(reach.data.value ?? [])].toSorted((a, b) => (rank[a.kind] ?? 9) - (rank[b.kind] ?? 9))[0]?.id
  })
  const organizationId = computed(() => text(route.query.org) ?? home.value)
  const organization = computed(() => reach.data.value?.find((o) => o.id === organizationId.value))
  const asOf = computed(() => text(route.query.asOf) ?? today())
  const year = computed(() => Number(asOf.value.slice(0, 4)))
  const narrow = (change: { org?: string; asOf?: string }) => router.replace({ query: { ...route.query, ...change } })
  return {
    organizationId,
    organization,
    home,
    asOf,
    year,
    reach,
    narrow,
    isToday: computed(() => asOf.value === today()),
  }
}

/** A figure of an organisation on a day, read anew when these, `more` or the language change. */
export function useFigure<T>(
  name: string,
  read: (organizationId: string, asOf: string) => Promise<T>,
  ...more: Ref<unknown>[]
) {
  const { organizationId, asOf } = useScope()
  return useQuery({
    queryKey: [name, organizationId, asOf, ...more, language],
    enabled: computed(() => !!organizationId.value),
    queryFn: () => read(organizationId.value!, asOf.value),
  })
}

let heading: string | undefined
/** Knows where somebody is going while the next page loads. */
export function watchHeading(router: Router) {
  router.beforeEach((to) => {
    heading = to.path
  })
  const arrived = () => {
    heading = undefined
  }
  router.afterEach(arrived)
  router.onError(arrived)
}

/**
 * One filter of a list, kept in the address so that the list can be shared. What is typed last does not call back
 * whoever has gone on to another page meanwhile.
 */
export function useFilter(name: string) {
  const route = useRoute()
  const router = useRouter()
  return computed<string | undefined>({
    get: () => text(route.query[name]),
    set: (value) => {
      if (heading === undefined || heading === route.path)
        void router.replace({ query: { ...route.query, [name]: value || undefined } })
    },
  })
}
