import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { watchHeading } from '@/shared/scope'
import { say } from '@/shared/i18n'
import { may, readSession, role, user } from '@/shared/session'

declare module 'vue-router' {
  interface RouteMeta {
    title?: string
    /** "noun:verb", several with blanks between them. */
    needs?: string
    bare?: boolean
    open?: boolean
  }
}

/** Every feature brings its own routes; nobody keeps a list. */
const features = import.meta.glob<RouteRecordRaw[]>('../features/*/routes.ts', { import: 'default', eager: true })

export const router = createRouter({
  history: createWebHistory('/'),
  routes: [
    ...Object.values(features).flat(),
    {
      path: '/forbidden',
      name: 'forbidden',
      component: () => import('./Forbidden.vue'),
      meta: { title: 'app.forbidden' },
    },
    { path: '/:rest(.*)*', name: 'missing', component: () => import('./Missing.vue'), meta: { title: 'app.missing' } },
  ],
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? undefined : { top: 0 }),
})

watchHeading(router)
router.beforeEach(async (to, from) => {
  if (to.meta.open) return true
  if (!user.value) {
    try {
      await readSession()
    } catch {
      return to.name === 'forbidden' ? true : { name: 'signIn', query: { back: to.fullPath, offline: '1' } }
    }
  }
  if (!user.value) return { name: 'signIn', query: to.fullPath === '/' ? {} : { back: to.fullPath } }
  if (role.value === 'caregiver') {
    window.location.assign('/m/')
    return false
  }
  const needs = (to.meta.needs ?? '')
    .split(' ')
    .filter(Boolean)
    .map((n) => n.split(':') as [string, string])
  if (!needs.every(([noun, verb]) => may(noun, verb))) return { name: 'forbidden' }
  // The scope travels along: what one looked at stays what one looks at.
  const { org, asOf } = from.query
  if ((org && !to.query.org) || (asOf && !to.query.asOf)) {
    return { ...to, query: { ...(org ? { org } : {}), ...(asOf ? { asOf } : {}), ...to.query }, replace: true }
  }
  return true
})

router.afterEach((to) => {
  const title = to.meta.title ? say(to.meta.title) : ''
  document.title = title ? `${title} · ${say('app.name')}` : say('app.name')
})
