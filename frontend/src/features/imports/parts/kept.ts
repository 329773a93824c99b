import { shallowReactive } from 'vue'

/** The file between the trial run and the real one; a browser cannot keep it over a reload. */
export const kept = shallowReactive<{ file?: File }>({})
