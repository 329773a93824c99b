import type { RouteRecordRaw } from 'vue-router'

export default [
  {
    path: '/audit',
    name: 'audit',
    component: () => import('./pages/AuditLog.vue'),
    meta: { title: 'audit.title', needs: 'audit:list' },
  },
] satisfies RouteRecordRaw[]
