import type { RouteRecordRaw } from 'vue-router'

export default [
  {
    path: '/quality',
    name: 'quality',
    component: () => import('./pages/DataQuality.vue'),
    meta: { title: 'quality.title', needs: 'statistics:list' },
  },
] satisfies RouteRecordRaw[]
