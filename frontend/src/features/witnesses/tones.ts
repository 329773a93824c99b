import type { Tone } from '@/shared/ui/Tag.vue'

export const tones: Record<string, Tone> = {
  acknowledged: 'good',
  failed: 'warn',
  refused: 'bad',
  active: 'good',
  paused: 'warn',
  removed: 'quiet',
}
