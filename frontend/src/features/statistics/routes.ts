import type { RouteRecordRaw } from 'vue-router'

export default [
  {
    path: '/statistics',
    name: 'statistics',
    component: () => import('./pages/Certification.vue'),
    meta: { title: 'statistics.title', needs: 'statistics:list organization:list' },
  },
] satisfies RouteRecordRaw[]
