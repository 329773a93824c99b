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
  {
    path: '/inspections',
    name: 'inspections',
    component: () => import('./pages/InspectionList.vue'),
    meta: { title: 'oversight.inspections', needs: 'inspection:read' },
  },
  {
    path: '/inspections/:id',
    name: 'inspection',
    component: () => import('./pages/InspectionDetail.vue'),
    props: true,
    meta: { title: 'oversight.sample', needs: 'inspection:read' },
  },
] satisfies RouteRecordRaw[]
