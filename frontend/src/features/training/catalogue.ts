import { api, body, upload, versioned, type Schemas } from '@/shared/api'
import type { Course } from './api'

export type Unit = Schemas['TrainingUnit']
export type Material = Schemas['TrainingMaterialView']
export type Teacher = Schemas['TrainingTeacherView']
export type Qualification = Schemas['TrainingQualification']
export type CourseChange = Schemas['TrainingReviseCourseBody']

const at = (id: string) => ({ params: { path: { id } } })

export const readCourse = (id: string, version?: number) =>
  body(api.GET('/courses/{id}', { params: { path: { id }, query: { version } } }))
export const courseVersions = async (id: string) => (await body(api.GET('/courses/{id}/versions', at(id)))).items ?? []
/** Publishes the next version; classes that are open keep theirs. */
export async function revise(id: string, change: CourseChange): Promise<Course> {
  const { version } = await versioned(api.GET('/courses/{id}', at(id)))
  return body(api.PATCH('/courses/{id}', { params: { path: { id }, header: { 'If-Match': version } }, body: change }))
}
export const addMaterial = (id: string, chosen: File) => upload<Course>(`/courses/${id}/materials`, { file: chosen })
export const removeMaterial = (id: string, fileId: string) =>
  body(api.POST('/courses/{id}/materials/{fileId}/removal', { params: { path: { id, fileId } } }))

export const teachers = (query: {
  limit: number
  cursor?: string
  organizationId?: string
  q?: string
  here?: boolean
}) => api.GET('/teachers', { params: { query } })
export const enterTeacher = (draft: Schemas['TrainingEnterTeacherInputBody']) =>
  body(api.POST('/teachers', { body: draft }))
export const changeTeacher = (id: string, change: Schemas['TrainingChangeTeacherInputBody']) =>
  body(api.PATCH('/teachers/{id}', { params: { path: { id }, header: {} }, body: change }))
