import type { RouteRecordRaw } from 'vue-router'

export default [
  {
    path: '/radar',
    name: 'radar',
    component: () => import('./pages/RadarList.vue'),
    meta: { title: 'oversight.radar', needs: 'radarFinding:read' },
  },
  {
    path: '/radar/:id',
    name: 'radarFinding',
    component: () => import('./pages/RadarCase.vue'),
    props: true,
    meta: { title: 'oversight.one', needs: 'radarFinding:read' },
  },
] satisfies RouteRecordRaw[]
