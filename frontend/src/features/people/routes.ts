import type { RouteRecordRaw } from 'vue-router'

export default [
  { path: '/people', name: 'people', component: () => import('./pages/PeopleList.vue'), meta: { title: 'people.title', needs: 'person:list' } },
  { path: '/people/new', name: 'newPerson', component: () => import('./pages/NewPerson.vue'), meta: { title: 'people.new', needs: 'person:create' } },
  { path: '/people/slips', name: 'slips', component: () => import('./pages/Slips.vue'), meta: { title: 'people.slips', needs: 'user:activate' } },
  { path: '/people/:id', name: 'person', component: () => import('./pages/PersonDetail.vue'), props: true, meta: { title: 'people.one', needs: 'person:read' } },
] satisfies RouteRecordRaw[]
