import type { RouteRecordRaw } from 'vue-router'

export default [
  { path: '/certificates', name: 'certificates', component: () => import('./pages/CertificateList.vue'), meta: { title: 'certificates.title', needs: 'certificate:list' } },
  { path: '/certificates/:id', name: 'certificate', component: () => import('./pages/CertificateDetail.vue'), props: true, meta: { title: 'certificates.one', needs: 'certificate:read' } },
] satisfies RouteRecordRaw[]
