import { api, body, type Schemas } from '@/shared/api'
import { addDays, today } from '@/shared/format'

export type Certification = Schemas['StatisticsCertificationView']
export type Hours = Schemas['StatisticsHoursView']
export type Standing = Schemas['StatisticsStandingView']
export type Quality = Schemas['StatisticsQualityView']
export type Reminder = Schemas['PeopleReminderView']
export type Session = Schemas['TrainingSessionView']

export const certification = (organizationId: string, asOf: string) =>
  body(api.GET('/statistics/certification', { params: { query: { organizationId, asOf } } }))
export const hours = (organizationId: string, year: number) =>
  body(api.GET('/statistics/in-service-hours', { params: { query: { organizationId, year } } }))
export const institutions = async (organizationId: string, asOf: string) =>
  (await body(api.GET('/statistics/institutions', { params: { query: { organizationId, asOf } } }))).items ?? []

export const openConflicts = async (organizationId: string) =>
  (await body(api.GET('/certificate-conflicts', { params: { query: { organizationId, status: 'open', limit: 1 } } })))
    .total

/** What the radar found and nobody has decided. */
export const radar = async (organizationId: string) =>
  (await body(api.GET('/radar/summary', { params: { query: { organizationId } } }))).todo

/** Witnesses of the issuance log that are silent or refuse, and alarms about logs that are witnessed here. */
export const witnessing = async () => {
  const s = await body(api.GET('/log-witnesses/standing'))
  return s.silent + s.refused + s.alarms
}

/** Inspections on the spot: what an office has prepared and not sent, and results that an institution may remark on. */
export const spotChecks = async (organizationId: string) => {
  const of = (stage: 'prepared' | 'sent', limit: number) =>
    body(api.GET('/spot-checks', { params: { query: { organizationId, stage, limit } } }))
  const [prepared, sent] = await Promise.all([of('prepared', 1), of('sent', 5)])
  const month = `${addDays(today(), -31)}T00:00:00Z`
  const unanswered = (sent.items ?? []).filter(
    (c) => c.mayAnswer && !c.answers?.length && (c.outcome?.receivedAt ?? '') > month,
  )
  return { prepared: prepared.total, unanswered }
}

export const withoutDirector = async (organizationId: string) =>
  (await body(api.GET('/organizations', { params: { query: { organizationId, flag: 'noDirector', limit: 1 } } }))).total

export const unverified = async (organizationId: string) =>
  (await body(api.GET('/certificates', { params: { query: { organizationId, status: 'unverified', limit: 1 } } })))
    .total

/** Requests for correction that wait, the most urgent first. */
export const corrections = (organizationId: string) =>
  body(api.GET('/people/corrections', { params: { query: { organizationId, state: 'open', limit: 1 } } }))
/** How many on post have not consented to the privacy notice in force. */
export const unconsented = async (organizationId: string) =>
  (await body(api.GET('/people/consents', { params: { query: { organizationId, onPost: true, limit: 1 } } }))).total

export const sessionsToday = async (organizationId: string) =>
  (await body(api.GET('/sessions', { params: { query: { organizationId, from: today(), to: today(), limit: 50 } } })))
    .items ?? []

/** Planned sessions of the last month whose end is past: they still credit nobody. */
export const unclosed = async (organizationId: string) => {
  const page = await body(
    api.GET('/sessions', {
      params: { query: { organizationId, from: addDays(today(), -31), to: today(), limit: 200 } },
    }),
  )
  return (page.items ?? []).filter((s) => s.status === 'planned' && Date.parse(s.endsAt) < Date.now())
}

/** Open classes whose last day is past. */
export const toComplete = async (organizationId: string) => {
  const page = await body(
    api.GET('/classes', { params: { query: { organizationId, status: 'open', to: today(), limit: 100 } } }),
  )
  return (page.items ?? []).filter((c) => c.endsOn < today())
}

/** Applications to open a class that wait for the bureau. */
export const applications = async (organizationId: string) =>
  (await body(api.GET('/classes', { params: { query: { organizationId, status: 'applied', limit: 1 } } }))).total
/** Applications that the bureau sent back. */
export const returnedApplications = async (organizationId: string) =>
  (await body(api.GET('/classes', { params: { query: { organizationId, status: 'returned', limit: 5 } } }))).items ?? []

export const openClasses = async (organizationId: string) =>
  (await body(api.GET('/classes', { params: { query: { organizationId, status: 'open', limit: 8 } } }))).items ?? []

export const toMend = (organizationId: string) =>
  body(api.GET('/statistics/data-quality', { params: { query: { organizationId } } }))
export const openReminders = async (organizationId: string) =>
  (await body(api.GET('/reminders', { params: { query: { organizationId, open: true, limit: 5 } } }))).items ?? []

export const recentImports = async () =>
  (await body(api.GET('/imports', { params: { query: { limit: 2, toMend: true } } }))).items ?? []

/** The few who are furthest from the hours of the year. */
export const shortest = async (organizationId: string, year: number) => {
  const page = await body(
    api.GET('/hours', { params: { query: { organizationId, year, sort: '-missing', limit: 6 } } }),
  )
  return (page.items ?? []).filter((l) => l.missingMinutes > 0)
}

export const coverage = (organizationId: string, asOf: string) =>
  body(api.GET('/statistics/coverage', { params: { query: { organizationId, asOf } } }))
export const socialWorkers = (organizationId: string, asOf: string) =>
  body(api.GET('/statistics/social-workers', { params: { query: { organizationId, asOf, limit: 1 } } }))
/** Programmes that run, as they are seen from the organisation. */
export const running = async (organizationId: string) =>
  (await body(api.GET('/programmes', { params: { query: { organizationId, state: 'running', limit: 20 } } }))).items ??
  []
