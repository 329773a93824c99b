// A home enters a last day by mistake, mends it, and voids a spell that never
// was; its office finds who has left it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { call, close, open, start } from './rig.mjs'

let rig
before(async () => {
  rig = await start()
})
after(() => rig?.stop())

test('a last day entered by mistake is taken back, a spell that never was is voided', async () => {
  const page = await open(rig, { user: 'xujing' })
  const home = page.session.user.grants[0].organizationId
  const person = await call(page, 'POST', '/people', {
    name: '蔡文娟',
    idType: 'passport',
    idNumber: 'E70123456',
    kinds: ['caregiver'],
  })
  await call(page, 'POST', `/people/${person.id}/employments`, {
    organizationId: home,
    role: 'caregiver',
    startedOn: '2025-02-01',
  })
  await call(page, 'POST', `/people/${person.id}/employments`, {
    organizationId: home,
    role: 'manager',
    startedOn: '2024-02-01',
    endedOn: '2024-06-30',
  })
  await page.goto(`/people/${person.id}`)
  const spell = page.locator('#employments li').filter({ hasText: '2025-02-01' })
  await spell.getByRole('button', { name: '离岗' }).click()
  await page.getByRole('dialog').getByPlaceholder(/.*/).first().fill('2026-06-10')
  await page.getByRole('dialog').getByRole('button', { name: '保存' }).click()
  await page.getByText('此人已从本机构离职').waitFor()
  assert.equal(await page.getByRole('button', { name: '更正证件号' }).count(), 0)

  await page.goto(`/hours/${person.id}`)
  await page.getByText('不再显示学时台账').waitFor()
  await page.getByRole('button', { name: '全记录' }).click()
  await page.getByRole('heading', { name: '蔡文娟的全记录' }).waitFor()
  await page.goto(`/people/${person.id}`)

  await spell.getByRole('button', { name: '更正' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.locator('.el-date-editor').nth(1).hover()
  await dialog.locator('.el-date-editor').nth(1).locator('.clear-icon').click()
  await dialog.getByRole('textbox').last().fill('离岗日期录错')
  await dialog.getByRole('button', { name: '保存' }).click()
  await page.getByText('此人已从本机构离职').waitFor({ state: 'detached' })

  await page.locator('#employments li').filter({ hasText: '2024-02-01' }).getByRole('button', { name: '作废' }).click()
  await page.getByRole('dialog').getByRole('textbox').fill('录错人')
  await page.getByRole('dialog').getByRole('button', { name: '作废' }).click()
  await page.getByText(/作废：录错人/).waitFor()
  const kept = await call(page, 'GET', `/people/${person.id}`)
  assert.equal(kept.employments.length, 1)
  assert.equal(kept.voidedEmployments.length, 1)
  await close(page)
})

test('an office finds who has left a home', async () => {
  const page = await open(rig, { user: 'qingpu' })
  const homes = await call(page, 'GET', '/organizations?kind=institution&q=朱家角')
  await page.goto(`/people?organizationId=${homes.items[0].id}&status=left`)
  await page.getByRole('link', { name: '郑国强' }).click()
  await page.getByText(/作废：录错人/).waitFor()
  await close(page)
})
