import type { Event } from '@/shared/ui/Timeline.vue'
import { day } from '@/shared/format'

interface Name {
  name: string
  from?: string
}
interface FieldChange {
  field: string
  old: string
  new: string
}
interface Change {
  what: string
  at: string
  byName: string
  from?: string
  fields: FieldChange[] | null
}
type Say = (key: string, params?: Record<string, unknown>) => string

const shown = (value: string, t: Say) =>
  ({ true: t('shared.yes'), false: t('shared.no'), '': t('shared.none') })[value] ?? value

/**
 * One line of time: names by the day they hold from, all else by the day it was entered. While older changes are still
 * to be loaded, what is older than the last one stays out, so that nothing is passed over.
 */
export function timeline(names: readonly Name[], changes: readonly Change[], t: Say, more = false): Event[] {
  const renamer = (name: string) => {
    const by = changes.find((c) => c.fields?.some((f) => f.field === 'name' && f.new === name))?.byName
    return by ? t('organizations.byWhom', { name: by }) : undefined
  }
  const events: Event[] = names
    .filter((n) => n.from)
    .map((n) => ({
      key: `name${n.from}`,
      on: n.from!,
      title: t('organizations.event.renamed', { name: n.name }),
      hint: renamer(n.name),
      tone: 'good',
    }))
  changes.forEach((c, i) => {
    const by = c.byName ? t('organizations.byWhom', { name: c.byName }) : ''
    if (c.what === 'registered') {
      events.push({
        key: `c${i}`,
        on: day(c.at),
        title: t('organizations.event.registered'),
        hint: [names[0] && t('organizations.event.named', { name: names[0].name }), by].filter(Boolean).join(' · '),
      })
      return
    }
    for (const f of c.fields ?? []) {
      if (f.field === 'closedOn' && f.new)
        events.push({ key: `closed${i}`, on: f.new, title: t('organizations.event.closed'), hint: by, tone: 'bad' })
    }
    const late = c.from && c.from !== day(c.at) ? t('organizations.enteredOn', { on: day(c.at) }) : ''
    const rest = (c.fields ?? []).filter((f) => f.field !== 'name' && !(f.field === 'closedOn' && f.new))
    if (rest.length === 0) return
    events.push({
      key: `c${i}`,
      on: c.from || day(c.at),
      title: t('organizations.event.amended', {
        fields: rest.map((f) => t(`organizations.field.${f.field}`)).join('，'),
      }),
      hint: [...rest.map((f) => `${shown(f.old, t)} → ${shown(f.new, t)}`), by, late].filter(Boolean).join(' · '),
      tone: 'quiet',
    })
  })
  const oldest = more ? day(changes.at(-1)?.at ?? '') : ''
  return events.filter((e) => e.on >= oldest).toSorted((a, b) => b.on.localeCompare(a.on))
}
