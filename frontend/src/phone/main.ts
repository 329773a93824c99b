import './entry'
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'
import { onSignedOut, Refusal } from '@/shared/api'
import { i18n } from '@/shared/i18n'
import { closed } from '@/shared/session'
import '@/shared/base.css'
import 'vant/es/style/base.css'
import 'vant/es/toast/style'
import 'vant/es/dialog/style'
import '@/shared/vant.css'
import './phone.css'
import PhoneApp from './PhoneApp.vue'
import { router } from './router'
import { forget } from './wallet'

if (localStorage.getItem('type') === 'large') document.documentElement.dataset.type = 'large'

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      networkMode: 'always',
      retry: (n, e) => n < 1 && (!(e instanceof Refusal) || e.status >= 500),
    },
    mutations: { networkMode: 'always' },
  },
})
onSignedOut(() => {
  closed()
  forget()
  queries.clear()
  void router.replace({ name: 'signIn', query: { back: router.currentRoute.value.fullPath } })
})
createApp(PhoneApp).use(i18n).use(VueQueryPlugin, { queryClient: queries }).use(router).mount('#app')

if (import.meta.env.PROD && 'serviceWorker' in navigator)
  void navigator.serviceWorker.register('/m/sw.js', { scope: '/m/' }).catch(() => undefined)
