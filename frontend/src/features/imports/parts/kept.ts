import { shallowReactive } from 'vue'

/**
 * The file between the trial run and the real one, and which trial it was: only that one's preview
 * may write it. A browser cannot keep it over a reload.
 */
export const kept = shallowReactive<{ file?: File; tried?: string }>({})
