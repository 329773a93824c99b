import type { Schemas } from './api'
import type { Tone } from './ui/Tag.vue'

export type Phase = Schemas['TrainingClassView']['phase']

/** Where a class stands for people: as the server says it on its day. */
export const phase = (c: Pick<Schemas['TrainingClassView'], 'phase'>): Phase => c.phase

export const phaseTone: Record<Phase, Tone> = {
  draft: 'quiet',
  applied: 'warn',
  returned: 'bad',
  coming: 'info',
  running: 'good',
  over: 'warn',
  completed: 'quiet',
  archived: 'quiet',
}

/** Its roster and sessions may be changed: open, or not yet with the bureau. */
export const editable = (c: Pick<Schemas['TrainingClassView'], 'status'>) =>
  ['open', 'draft', 'returned'].includes(c.status)
