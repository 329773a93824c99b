import type { RouteRecordRaw } from 'vue-router'

export default [
  {
    path: '/certificates',
    name: 'certificates',
    component: () => import('./pages/CertificateList.vue'),
    meta: { title: 'certificates.title', needs: 'certificate:list' },
  },
  {
    path: '/certificates/queue',
    name: 'certificateQueue',
    component: () => import('./pages/VerificationQueue.vue'),
    meta: { title: 'certificates.queue', needs: 'certificate:verify' },
  },
  {
    path: '/certificates/bundles',
    name: 'certificateBundles',
    component: () => import('./pages/BundleList.vue'),
    meta: { title: 'certificates.bundle.title', needs: 'certificate:bundle' },
  },
  {
    path: '/certificates/levels',
    name: 'levelDesk',
    component: () => import('./pages/LevelDesk.vue'),
    meta: { title: 'certificates.levels.title', needs: 'certificate:issueLevel' },
  },
  {
    path: '/certificates/conflicts',
    name: 'certificateConflicts',
    component: () => import('./pages/ConflictList.vue'),
    meta: { title: 'certificates.conflict.title', needs: 'certificateConflict:list' },
  },
  {
    path: '/certificates/conflicts/:id',
    name: 'certificateConflict',
    component: () => import('./pages/ConflictDetail.vue'),
    props: true,
    meta: { title: 'certificates.conflict.title', needs: 'certificateConflict:read' },
  },
  {
    path: '/certificates/templates',
    name: 'certificateTemplates',
    component: () => import('./pages/TemplateList.vue'),
    meta: { title: 'templates.title', needs: 'certificateTemplate:list' },
  },
  {
    path: '/certificates/templates/:id',
    name: 'certificateTemplate',
    component: () => import('./pages/TemplateEditor.vue'),
    props: true,
    meta: { title: 'templates.title', needs: 'certificateTemplate:read' },
  },
  {
    path: '/certificates/:id',
    name: 'certificate',
    component: () => import('./pages/CertificateDetail.vue'),
    props: true,
    meta: { title: 'certificates.one', needs: 'certificate:read' },
  },
] satisfies RouteRecordRaw[]
