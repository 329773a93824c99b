import type { RouteRecordRaw } from 'vue-router'

export default [
  {
    path: '/organizations',
    name: 'organizations',
    component: () => import('./pages/OrganizationList.vue'),
    meta: { title: 'organizations.title', needs: 'organization:list' },
  },
  {
    path: '/organizations/tree',
    name: 'organizationTree',
    component: () => import('./pages/OrganizationTree.vue'),
    meta: { title: 'organizations.tree', needs: 'organization:list' },
  },
  {
    path: '/organizations/:id',
    name: 'organization',
    component: () => import('./pages/OrganizationDetail.vue'),
    props: true,
    meta: { title: 'organizations.one', needs: 'organization:read' },
  },
] satisfies RouteRecordRaw[]
