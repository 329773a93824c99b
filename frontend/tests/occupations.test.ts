import { VueQueryPlugin } from '@tanstack/vue-query'
import { createApp, h, type App } from 'vue'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { sent, suggested } from '@/features/certificates/occupations'
import RegisterDialog from '@/features/certificates/parts/RegisterDialog.vue'
import { api } from '@/shared/api'
import { i18n } from '@/shared/i18n'

const known = [
  { code: '4-10-01-05', name: '养老护理员' },
  { code: '4-14-01-03', name: 'Health carer' },
]

describe('an occupation as it is written', () => {
  it.each([
    ['养老护理员', '4-10-01-05'],
    [' health CARER ', '4-14-01-03'],
    [' 保育师 ', '保育师'],
    ['健康照护师（四级）', '健康照护师（四级）'],
    ['', ''],
  ])('%s', (said, code) => expect(sent(said, known)).toBe(code))
  it('finds those that may be meant, and all of them beside the one chosen', () => {
    expect(suggested('护理', known)).toEqual([known[0]])
    expect(suggested('', known)).toEqual(known)
    expect(suggested('养老护理员', known)).toEqual(known)
    expect(suggested('保育师', known)).toEqual([])
  })
})

describe('registering a certificate', () => {
  let app: App | undefined
  afterEach(() => {
    app?.unmount()
    document.body.replaceChildren()
    vi.restoreAllMocks()
  })
  it('shows the main occupation before anybody chooses, and wants one', async () => {
    const answer = async (path: string) => ({ data: { items: path === '/certificates/occupations' ? known : [] } })
    vi.spyOn(api, 'GET').mockImplementation(answer as never)
    app = createApp({ setup: () => () => h(RegisterDialog, { modelValue: true, person: 'p1' }) })
    app
      .use(i18n)
      .use(VueQueryPlugin)
      .mount(document.body.appendChild(document.createElement('div')))
    const field = () => document.querySelector<HTMLInputElement>('.el-autocomplete input')
    await vi.waitFor(() => expect(field()?.value).toBe('养老护理员'))
    expect(document.querySelector<HTMLButtonElement>('.el-button--primary')!.disabled).toBe(true)
  })
})
