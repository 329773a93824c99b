import type { RouteRecordRaw } from 'vue-router'

export default [
  {
    path: '/hours',
    name: 'hours',
    component: () => import('./pages/HoursList.vue'),
    meta: { title: 'hours.title', needs: 'hours:list' },
  },
  {
    path: '/hours/imported',
    name: 'importedHours',
    component: () => import('./pages/ImportedHours.vue'),
    meta: { title: 'hours.elsewhere', needs: 'importedHours:list' },
  },
  {
    path: '/hours/:id',
    name: 'personHours',
    component: () => import('./pages/PersonHours.vue'),
    props: true,
    meta: { title: 'hours.one', needs: 'hours:read' },
  },
] satisfies RouteRecordRaw[]
