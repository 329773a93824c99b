import type { RouteRecordRaw } from 'vue-router'

export default [
  {
    path: '/imports',
    name: 'imports',
    component: () => import('./pages/ImportList.vue'),
    meta: { title: 'imports.title', needs: 'import:list' },
  },
  {
    path: '/imports/new',
    name: 'newImport',
    component: () => import('./pages/ImportWizard.vue'),
    meta: { title: 'imports.new', needs: 'import:create' },
  },
  {
    path: '/imports/:id',
    name: 'import',
    component: () => import('./pages/ImportWizard.vue'),
    props: true,
    meta: { title: 'imports.one', needs: 'import:read' },
  },
] satisfies RouteRecordRaw[]
