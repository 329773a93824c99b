import { computed, ref, watch } from 'vue'

/** A form that survives a reload of this tab; secret fields are never kept. */
export function useDraft<T extends object>(name: string, blank: () => T, secret: (keyof T)[] = []) {
  const key = `draft.${name}`
  const start = blank()
  const draft = ref({ ...start }) as { value: T }
  try {
    draft.value = { ...start, ...(JSON.parse(sessionStorage.getItem(key) ?? '{}') as Partial<T>) }
  } catch {
    sessionStorage.removeItem(key)
  }
  const gone = ref(false)
  const dirty = computed(() => !gone.value && JSON.stringify(draft.value) !== JSON.stringify(start))
  const stop = watch(
    draft as never,
    (now: T) => {
      sessionStorage.setItem(key, JSON.stringify({ ...now, ...Object.fromEntries(secret.map((s) => [s, undefined])) }))
    },
    { deep: true },
  )
  function forget() {
    stop()
    gone.value = true
    sessionStorage.removeItem(key)
  }
  return { draft, dirty, forget }
}
