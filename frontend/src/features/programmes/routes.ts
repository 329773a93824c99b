import type { RouteRecordRaw } from 'vue-router'

export default [
  {
    path: '/programmes',
    name: 'programmes',
    component: () => import('./pages/ProgrammeList.vue'),
    meta: { title: 'programmes.title', needs: 'programme:read' },
  },
  {
    path: '/programmes/:id',
    name: 'programme',
    component: () => import('./pages/ProgrammeDetail.vue'),
    props: true,
    meta: { title: 'programmes.one', needs: 'programme:read' },
  },
] satisfies RouteRecordRaw[]
