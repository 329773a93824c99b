import { api, body, file, upload, type Schemas } from '@/shared/api'

export type Class = Schemas['TrainingClassView']
export type Course = Schemas['TrainingCourseView']
export type CourseDraft = Schemas['TrainingPublishCourseBody']
export type ClassDraft = Schemas['TrainingOpenClassBody']
export type Session = Schemas['TrainingSessionView']
export type SessionDraft = Schemas['TrainingAddSessionBody']
export type Learner = Schemas['TrainingLearnerView']
export type Particulars = Schemas['TrainingDescribeInputBody']
export type Leaver = Schemas['TrainingLeaverView']
export type Attendance = Schemas['TrainingAttendanceView']
export type LiveAttendance = Schemas['TrainingAttendanceListView']
export type FileLine = Schemas['TrainingFileLineView']
export type FileDocument = Schemas['TrainingFileDocumentView']
export type FileLearner = Schemas['TrainingClassLearnerView']
export const categories = [
  'inService',
  'preJob',
  'skillLevel',
  'standards',
  'medical',
  'fireSafety',
  'management',
  'continuingEducation',
  'degree',
  'informalCare',
  'other',
] as const
export const modes = ['classroom', 'remote', 'onTheJob'] as const
export const tiers = ['institution', 'subdistrict', 'district', 'city'] as const

export const standards = async () => (await body(api.GET('/standards'))).items ?? []
/** Programmes that a class may belong to: those that have not ended. */
export const programmes = async () =>
  ((await body(api.GET('/programmes', { params: { query: { limit: 200 } } }))).items ?? []).filter(
    (p) => p.state !== 'ended',
  )
const at = (id: string) => ({ params: { path: { id } } })
export const personFile = (id: string, year?: number) =>
  body(api.GET('/people/{id}/training-file', { params: { path: { id }, query: { year } } }))
export const classFile = (id: string) => body(api.GET('/classes/{id}/training-file', at(id)))
const seat = (id: string, personId: string) => ({ params: { path: { id, personId } } })

export const classes = (query: {
  limit: number
  cursor?: string
  organizationId?: string
  status?: Class['status']
  q?: string
}) => api.GET('/classes', { params: { query } })
export const courses = (query: { limit: number; cursor?: string; q?: string; category?: CourseDraft['category'] }) =>
  api.GET('/courses', { params: { query } })
export const candidates = (query: {
  limit: number
  cursor?: string
  organizationId?: string
  q?: string
  status?: 'onPost'
}) => api.GET('/people', { params: { query } })
export const publish = (draft: CourseDraft) => body(api.POST('/courses', { body: draft }))
export const open = (draft: ClassDraft) => body(api.POST('/classes', { body: draft }))
export const readClass = (id: string) => body(api.GET('/classes/{id}', at(id)))
export const roster = (id: string) => body(api.GET('/classes/{id}/roster', at(id)))
export const enrol = (id: string, personIds: string[]) =>
  body(api.POST('/classes/{id}/enrolments', { ...at(id), body: { personIds } }))
export const withdraw = (id: string, personId: string, reason: string) =>
  api.POST('/classes/{id}/enrolments/{personId}/withdrawal', { ...seat(id, personId), body: { reason } })
export const swap = (id: string, personId: string, instead: string, reason?: string) =>
  body(
    api.POST('/classes/{id}/enrolments/{personId}/swap', {
      ...seat(id, personId),
      body: { personId: instead, reason: reason || undefined },
    }),
  )
export const sessions = async (classId: string) =>
  (await body(api.GET('/sessions', { params: { query: { classId, limit: 200 } } }))).items ?? []
/** The sessions of some days in scope; a thousand of them at most. */
export async function sessionsBetween(from: string, to: string, organizationId?: string) {
  const items: Session[] = []
  let cursor: string | undefined
  do {
    const page = await body(
      api.GET('/sessions', { params: { query: { from, to, organizationId, limit: 200, cursor } } }),
    )
    items.push(...(page.items ?? []))
    cursor = page.nextCursor || undefined
  } while (cursor && items.length < 1000)
  return { items, more: !!cursor }
}
export const readSession = (id: string) => body(api.GET('/sessions/{id}', at(id)))
export const addSession = (classId: string, draft: SessionDraft) =>
  body(api.POST('/classes/{id}/sessions', { ...at(classId), body: draft }))
export const reschedule = async (s: Session, change: Schemas['TrainingRescheduleBody']) => {
  const { response } = await api.GET('/sessions/{id}', at(s.id))
  return body(
    api.PATCH('/sessions/{id}', {
      params: { path: { id: s.id }, header: { 'If-Match': response.headers.get('ETag') ?? '' } },
      body: change,
    }),
  )
}
export const cancel = (id: string, reason: string) =>
  body(api.POST('/sessions/{id}/cancellation', { ...at(id), body: { reason } }))
export const closeSession = (id: string) => body(api.POST('/sessions/{id}/close', at(id)))
export const code = (id: string) => body(api.GET('/sessions/{id}/check-in-code', at(id)))
export const attendance = (id: string, since?: string) =>
  body(api.GET('/sessions/{id}/attendance', { params: { path: { id }, query: { since } } }))
export const vouch = (id: string, personId: string, word: Schemas['TrainingVouchBody']) =>
  body(api.PUT('/sessions/{id}/attendance/{personId}', { ...seat(id, personId), body: word }))
export const refuse = (id: string, personId: string, reason: string) =>
  body(api.POST('/sessions/{id}/attendance/{personId}/refusal', { ...seat(id, personId), body: { reason } }))
export type Sheet = Schemas['TrainingSheetView']
export const markMany = (id: string, what: Schemas['TrainingMarkManyBody']) =>
  body(api.POST('/sessions/{id}/attendance', { ...at(id), body: what }))
export const sheets = async (id: string) =>
  (await body(api.GET('/sessions/{id}/attendance-sheets', at(id)))).items ?? []
export const attachSheet = (id: string, sheet: File) =>
  upload<Sheet>(`/sessions/${id}/attendance-sheets`, { file: sheet })
export const results = (id: string, scores: Schemas['TrainingTestResultBody'][]) =>
  body(api.PUT('/classes/{id}/test-results', { ...at(id), body: scores }))
export const complete = (id: string) => body(api.POST('/classes/{id}/complete', at(id)))
/** The table of a class's learners, to write their scores into and import. */
export const scoreSheet = (id: string) => file(`/imports/templates/results.xlsx?of=${id}`)
export const archive = (id: string) => body(api.POST('/classes/{id}/archive', at(id)))
export const application = (id: string) => body(api.GET('/classes/{id}/application', at(id)))
export const describe = (id: string, what: Particulars) =>
  body(api.PUT('/classes/{id}/application', { ...at(id), body: what }))
export const submit = (id: string) => body(api.POST('/classes/{id}/application/submission', at(id)))
export const recall = (id: string) => body(api.POST('/classes/{id}/application/recall', at(id)))
export const decide = (id: string, decision: 'approve' | 'sendBack', reason?: string) =>
  body(api.POST('/classes/{id}/application/decision', { ...at(id), body: { decision, reason } }))
export type BaseYear = Schemas['TrainingBaseYearView']
export const basesUsed = (year: number, organizationId?: string) =>
  body(api.GET('/training-bases/use', { params: { query: { year, organizationId } } }))
export type ClassWithdrawal = Schemas['CertificatesWithdrawalView']
export const withdrawClass = (classId: string, reason: string) =>
  body(api.POST('/certificates/class-withdrawals', { body: { classId, reason } }))
export const withdrawal = (classId: string) =>
  body(api.GET('/certificates/class-withdrawals/{classId}', { params: { path: { classId } } }))
