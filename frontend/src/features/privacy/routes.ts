import type { RouteRecordRaw } from 'vue-router'

export default [
  {
    path: '/privacy/corrections',
    name: 'corrections',
    component: () => import('./pages/CorrectionList.vue'),
    meta: { title: 'privacy.queue', needs: 'correction:list' },
  },
  {
    path: '/privacy/consents',
    name: 'consents',
    component: () => import('./pages/ConsentList.vue'),
    meta: { title: 'privacy.list', needs: 'consent:list' },
  },
  {
    path: '/privacy/notice',
    name: 'notice',
    component: () => import('./pages/PaperNotice.vue'),
    meta: { title: 'privacy.notice', needs: 'consent:list' },
  },
  {
    path: '/privacy/retention',
    name: 'retention',
    component: () => import('./pages/Retention.vue'),
    meta: { title: 'privacy.retention', needs: 'retention:list' },
  },
] satisfies RouteRecordRaw[]
