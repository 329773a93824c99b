import type { RouteRecordRaw } from 'vue-router'

export default [
  {
    path: '/classes',
    name: 'classes',
    component: () => import('./pages/ClassList.vue'),
    meta: { title: 'training.title', needs: 'class:read' },
  },
  {
    path: '/courses',
    name: 'courses',
    component: () => import('./pages/CourseList.vue'),
    meta: { title: 'training.courses', needs: 'course:read' },
  },
  {
    path: '/courses/:id',
    name: 'course',
    component: () => import('./pages/CourseDetail.vue'),
    props: true,
    meta: { title: 'training.course', needs: 'course:read' },
  },
  {
    path: '/teachers',
    name: 'teachers',
    component: () => import('./pages/TeacherList.vue'),
    meta: { title: 'training.teachers.title', needs: 'teacher:read' },
  },
  {
    path: '/calendar',
    name: 'calendar',
    component: () => import('./pages/Calendar.vue'),
    meta: { title: 'training.calendar', needs: 'class:read' },
  },
  {
    path: '/training-bases',
    name: 'trainingBases',
    component: () => import('./pages/BaseUse.vue'),
    meta: { title: 'training.bases.title', needs: 'baseUse:read' },
  },
  {
    path: '/classes/:id',
    name: 'class',
    component: () => import('./pages/ClassDetail.vue'),
    props: true,
    meta: { title: 'training.class', needs: 'class:read' },
  },
  {
    path: '/classes/:id/training-file',
    name: 'classFile',
    component: () => import('./pages/ClassFile.vue'),
    props: true,
    meta: { title: 'shared.trainingFile', needs: 'trainingFile:read' },
  },
  {
    path: '/people/:id/training-file',
    name: 'personFile',
    component: () => import('./pages/PersonFile.vue'),
    props: true,
    meta: { title: 'shared.trainingFile', needs: 'trainingFile:read' },
  },
  {
    path: '/attendance/:id',
    name: 'attendance',
    component: () => import('./pages/Projector.vue'),
    props: true,
    meta: { title: 'training.projector', needs: 'checkInCode:read', bare: true },
  },
] satisfies RouteRecordRaw[]
