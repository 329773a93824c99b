import type { Schemas } from './api'
import { today } from './format'
import type { Tone } from './ui/Tag.vue'

export type Phase = 'coming' | 'running' | 'over' | 'completed'

/** Where a class stands for people: by its plan until it is completed. */
export function phase(c: Pick<Schemas['TrainingClassView'], 'status' | 'startsOn' | 'endsOn'>): Phase {
  if (c.status === 'completed') return 'completed'
  if (c.startsOn > today()) return 'coming'
  return c.endsOn < today() ? 'over' : 'running'
}

export const phaseTone: Record<Phase, Tone> = { completed: 'quiet', coming: 'info', over: 'warn', running: 'good' }
