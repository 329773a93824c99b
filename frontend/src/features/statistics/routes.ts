import type { RouteRecordRaw } from 'vue-router'

const needs = 'statistics:list organization:list'

export default [
  {
    path: '/statistics',
    name: 'statistics',
    component: () => import('./pages/Certification.vue'),
    meta: { title: 'statistics.title', needs },
  },
  {
    path: '/statistics/coverage',
    name: 'coverage',
    component: () => import('./pages/Coverage.vue'),
    meta: { title: 'statistics.coverage.title', needs },
  },
  {
    path: '/statistics/social-workers',
    name: 'socialWorkers',
    component: () => import('./pages/SocialWorkers.vue'),
    meta: { title: 'statistics.social.title', needs },
  },
] satisfies RouteRecordRaw[]
