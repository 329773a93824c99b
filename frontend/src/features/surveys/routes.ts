import type { RouteRecordRaw } from 'vue-router'

export default [
  {
    path: '/surveys',
    name: 'surveys',
    component: () => import('./pages/SurveyList.vue'),
    meta: { title: 'surveys.title', needs: 'survey:read' },
  },
  {
    path: '/surveys/totals',
    name: 'surveyTotals',
    component: () => import('./pages/SurveyTotals.vue'),
    meta: { title: 'surveys.totals', needs: 'survey:read' },
  },
  {
    path: '/surveys/:id',
    name: 'survey',
    component: () => import('./pages/SurveyDetail.vue'),
    props: true,
    meta: { title: 'surveys.one', needs: 'survey:read' },
  },
] satisfies RouteRecordRaw[]
