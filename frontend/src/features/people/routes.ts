import type { RouteRecordRaw } from 'vue-router'

export default [
  {
    path: '/people',
    name: 'people',
    component: () => import('./pages/PeopleList.vue'),
    meta: { title: 'people.title', needs: 'person:list' },
  },
  {
    path: '/people/new',
    name: 'newPerson',
    component: () => import('./pages/NewPerson.vue'),
    meta: { title: 'people.new', needs: 'person:create' },
  },
  {
    path: '/people/slips',
    name: 'slips',
    component: () => import('./pages/Slips.vue'),
    meta: { title: 'people.slips', needs: 'user:activate' },
  },
  {
    path: '/people/duplicates',
    name: 'duplicates',
    component: () => import('./pages/Duplicates.vue'),
    meta: { title: 'people.twins.title', needs: 'person:compare' },
  },
  {
    path: '/people/duplicates/:id',
    name: 'compare',
    component: () => import('./pages/Compare.vue'),
    props: true,
    meta: { title: 'people.twins.compare', needs: 'person:compare' },
  },
  {
    path: '/people/transfers',
    name: 'transfers',
    component: () => import('./pages/Transfers.vue'),
    meta: { title: 'people.transfers.title', needs: 'person:employ' },
  },
  {
    path: '/people/:id/record',
    name: 'record',
    component: () => import('./pages/Record.vue'),
    props: true,
    meta: { title: 'people.record.title', needs: 'person:readRecord' },
  },
  {
    path: '/people/:id',
    name: 'person',
    component: () => import('./pages/PersonDetail.vue'),
    props: true,
    meta: { title: 'people.one', needs: 'person:read' },
  },
] satisfies RouteRecordRaw[]
