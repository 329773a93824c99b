import type { RouteRecordRaw } from 'vue-router'

export default [
  {
    path: '/log-witnesses',
    name: 'logWitnesses',
    component: () => import('./pages/WitnessDesk.vue'),
    meta: { title: 'witnesses.title', needs: 'logWitness:list' },
  },
] satisfies RouteRecordRaw[]
