import type { RouteRecordRaw } from 'vue-router'

export default [
  {
    path: '/spot-checks',
    name: 'spotChecks',
    component: () => import('./pages/SpotCheckList.vue'),
    meta: { title: 'spotchecks.title', needs: 'spotCheck:read' },
  },
  {
    path: '/spot-checks/:id',
    name: 'spotCheck',
    component: () => import('./pages/SpotCheckDetail.vue'),
    props: true,
    meta: { title: 'spotchecks.one', needs: 'spotCheck:read' },
  },
] satisfies RouteRecordRaw[]
