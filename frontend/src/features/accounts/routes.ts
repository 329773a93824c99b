import type { RouteRecordRaw } from 'vue-router'

export default [
  {
    path: '/sign-in',
    name: 'signIn',
    component: () => import('./pages/SignIn.vue'),
    meta: { title: 'accounts.signIn', bare: true, open: true },
  },
  {
    path: '/account',
    name: 'account',
    component: () => import('./pages/Account.vue'),
    meta: { title: 'accounts.mine' },
  },
  {
    path: '/users',
    name: 'users',
    component: () => import('./pages/Users.vue'),
    meta: { title: 'accounts.users', needs: 'user:list' },
  },
] satisfies RouteRecordRaw[]
