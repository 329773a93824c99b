import type { RouteRecordRaw } from 'vue-router'

export default [
  {
    path: '/platform-keys',
    name: 'platformKeys',
    component: () => import('./pages/PlatformKeys.vue'),
    meta: { title: 'platforms.title', needs: 'platformKey:list' },
  },
] satisfies RouteRecordRaw[]
