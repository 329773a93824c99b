import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createApp } from 'vue'
import { onSignedOut, Refusal } from '@/shared/api'
import { i18n } from '@/shared/i18n'
import { closed } from '@/shared/session'
import '@/shared/base.css'
import 'element-plus/theme-chalk/base.css'
import '@/shared/element.css'
import App from './App.vue'
import { router } from './router'

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: true,
      networkMode: 'always',
      retry: (failures, error) => failures < 2 && (!(error instanceof Refusal) || error.status >= 500),
    },
    mutations: { networkMode: 'always' },
  },
})

onSignedOut(() => {
  closed()
  queries.clear()
  void router.push({ name: 'signIn', query: { back: router.currentRoute.value.fullPath } })
})

createApp(App).use(i18n).use(VueQueryPlugin, { queryClient: queries }).use(router).mount('#app')
