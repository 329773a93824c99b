import { createRouter, createWebHistory } from 'vue-router'
import { Refusal } from '@/shared/api'
import { say } from '@/shared/i18n'
import { readSession, user } from '@/shared/session'
import { mustAnswer } from './privacy'
import { cut, wallet } from './wallet'

export const router = createRouter({
  history: createWebHistory('/m/'),
  routes: [
    { path: '/', name: 'wallet', component: () => import('./pages/Wallet.vue'), meta: { title: 'phone.tab.wallet' } },
    {
      path: '/certificates/:id',
      name: 'certificate',
      component: () => import('./pages/Certificate.vue'),
      props: true,
      meta: { title: 'phone.certificate' },
    },
    { path: '/hours', name: 'hours', component: () => import('./pages/Hours.vue'), meta: { title: 'phone.tab.hours' } },
    {
      path: '/classes',
      name: 'classes',
      component: () => import('./pages/Classes.vue'),
      meta: { title: 'phone.classes' },
    },
    {
      path: '/learn/:id',
      name: 'learn',
      component: () => import('./pages/Learn.vue'),
      props: true,
      meta: { title: 'learning.title' },
    },
    {
      path: '/logbook',
      name: 'logbook',
      component: () => import('./pages/Logbook.vue'),
      meta: { title: 'logbook.title' },
    },
    {
      path: '/calendar',
      name: 'calendar',
      component: () => import('./pages/Calendar.vue'),
      meta: { title: 'shared.calendar.title' },
    },
    {
      path: '/record',
      name: 'record',
      component: () => import('./pages/Record.vue'),
      meta: { title: 'phone.record.title' },
    },
    {
      path: '/training-file',
      name: 'trainingFile',
      component: () => import('./pages/TrainingFile.vue'),
      meta: { title: 'phone.file.title' },
    },
    {
      path: '/check-in',
      name: 'checkIn',
      component: () => import('./pages/CheckIn.vue'),
      meta: { title: 'phone.tab.checkIn' },
    },
    {
      path: '/surveys',
      name: 'surveys',
      component: () => import('./pages/Surveys.vue'),
      meta: { title: 'surveys.mine' },
    },
    {
      path: '/surveys/:id',
      name: 'survey',
      component: () => import('./pages/Survey.vue'),
      props: true,
      meta: { title: 'surveys.one' },
    },
    {
      path: '/devices',
      name: 'devices',
      component: () => import('./pages/Devices.vue'),
      meta: { title: 'phone.devices.title' },
    },
    { path: '/me', name: 'me', component: () => import('./pages/Me.vue'), meta: { title: 'phone.tab.me' } },
    {
      path: '/notifications',
      name: 'notifications',
      component: () => import('./pages/Notifications.vue'),
      meta: { title: 'phone.notifications' },
    },
    {
      path: '/privacy',
      name: 'privacy',
      component: () => import('./pages/Privacy.vue'),
      meta: { title: 'privacy.mine' },
    },
    {
      path: '/notice',
      name: 'notice',
      component: () => import('./pages/Notice.vue'),
      meta: { title: 'privacy.notice' },
    },
    {
      path: '/corrections',
      name: 'corrections',
      component: () => import('./pages/Corrections.vue'),
      meta: { title: 'privacy.corrections' },
    },
    {
      path: '/my-data',
      name: 'myData',
      component: () => import('./pages/MyData.vue'),
      meta: { title: 'privacy.data' },
    },
    {
      path: '/spot-checks',
      name: 'spotChecks',
      component: () => import('./pages/SpotChecks.vue'),
      meta: { title: 'spotchecks.title', inspector: true },
    },
    {
      path: '/spot-checks/:id',
      name: 'spotCheck',
      component: () => import('./pages/SpotCheck.vue'),
      props: true,
      meta: { title: 'spotchecks.one', inspector: true },
    },
    {
      path: '/sign-in',
      name: 'signIn',
      component: () => import('./pages/SignIn.vue'),
      meta: { title: 'phone.signIn', open: true },
    },
    {
      path: '/activate',
      name: 'activate',
      component: () => import('./pages/Activate.vue'),
      meta: { title: 'phone.activate', open: true },
    },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
})

router.beforeEach(async (to) => {
  if (to.meta.open || user.value) return true
  try {
    await readSession()
    cut.value = false
  } catch (e) {
    cut.value = e instanceof Refusal && e.offline
    // Without a network an inspection that is on the phone goes on,
    if (cut.value && to.meta.inspector) return true
    // and the wallet of this phone's owner still opens.
    if (
      e instanceof Refusal &&
      e.offline &&
      wallet.value &&
      ['wallet', 'hours', 'certificate', 'checkIn', 'me'].includes(String(to.name))
    )
      return true
  }
  return user.value ? true : { name: 'signIn', query: to.fullPath === '/' ? {} : { back: to.fullPath } }
})
// The notice comes first where it has not been answered; checking in waits for nothing (PIPL article 16).
router.beforeEach(async (to) => {
  if (to.meta.open || to.name === 'notice' || to.name === 'checkIn' || !user.value) return true
  const first = await mustAnswer().catch(() => false)
  return first ? { name: 'notice', query: { back: to.fullPath }, replace: true } : true
})
router.afterEach((to) => {
  document.title = to.meta.title ? say(String(to.meta.title)) : say('phone.name')
})
