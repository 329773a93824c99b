// The register in the browser: two records that are one person, the career
// record, a transfer between two homes, a record shared from the phone.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { call, close, open, settled, start } from './rig.mjs'

let rig
before(async () => {
  rig = await start()
})
after(() => rig?.stop())

const found = async (page, q) => (await call(page, 'GET', `/people?q=${encodeURIComponent(q)}`)).items[0].id

test('two records are compared, merged, and parted again', async () => {
  const page = await open(rig, { user: 'qingpu' })
  await page.goto('/people')
  await page.getByRole('button', { name: /疑似重复/ }).click()
  await page.getByRole('link', { name: '朱玉兰' }).first().click()
  await page.getByText('同名同生日').first().waitFor()
  await page.getByRole('button', { name: '合并为一人' }).click()
  await page.getByRole('dialog').getByRole('textbox').fill('护照和身份证是同一人')
  await page.getByRole('dialog').getByRole('button', { name: '合并为一人' }).click()
  await page.getByText('徐泾镇养护院').first().waitFor()
  await page.getByText('淀山湖福利院').first().waitFor()
  await page.getByRole('button', { name: '撤销合并' }).click()
  await page.getByRole('dialog').getByRole('textbox').fill('核对原件后是两人')
  await page.getByRole('dialog').getByRole('button', { name: '撤销合并' }).click()
  await page.getByText('已撤销', { exact: true }).waitFor()
  assert.equal((await call(page, 'GET', '/people?q=朱玉兰')).total, 2)
  assert.equal((await call(page, 'GET', '/people/duplicates')).items.filter((d) => d.first.name === '朱玉兰').length, 0)
  await close(page)
})

test('a wrong number is corrected, with its reason', async () => {
  const page = await open(rig, { user: 'qingpu' })
  await page.goto(`/people/${await found(page, 'liangwenxiu')}`)
  await page.getByRole('button', { name: '更正证件号' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('textbox').nth(0).fill('310118198506150006')
  await dialog.getByRole('textbox').nth(1).fill('录入有误')
  await dialog.getByRole('button', { name: '更正' }).click()
  await dialog
    .getByText(/校验不通过/)
    .first()
    .waitFor()
  await dialog.getByRole('textbox').nth(0).fill('310118198506150005')
  await dialog.getByRole('button', { name: '更正' }).click()
  await page.getByText('310118********0005', { exact: true }).waitFor()
  await close(page)
})

test('the career record is filtered and printed', async () => {
  const page = await open(rig, { user: 'qingpu' })
  const id = await found(page, 'wangxiulan')
  await page.goto(`/people/${id}/record`)
  await page.getByText('2025年度在岗培训学时').waitFor()
  await page.getByText('本系统尚未登记此类信息').first().waitFor()
  await page.getByRole('button', { name: /^证书/ }).click()
  await page.getByText('职业技能等级证书').waitFor()
  await page.getByText('2025年度在岗培训学时').waitFor({ state: 'detached' })
  const pdf = await page.context().request.get(`/api/v1/people/${id}/record.pdf`)
  assert.equal(pdf.headers()['content-type'], 'application/pdf')
  assert.ok((await pdf.body()).subarray(0, 5).equals(Buffer.from('%PDF-')))
  await close(page)
})

test('one home asks another for somebody, who then moves', async () => {
  const asks = await open(rig, { user: 'dianshanhu' })
  const answers = await open(rig, { user: 'xujing' })
  const org = asks.session.user.grants[0].organizationId
  const from = answers.session.user.grants[0].organizationId
  const person = await call(answers, 'POST', '/people', {
    name: '丁海波',
    idType: 'passport',
    idNumber: 'E90010123',
    kinds: ['careStaff'],
    organizationId: from,
  })
  await call(answers, 'POST', `/people/${person.id}/employments`, {
    organizationId: from,
    role: 'careStaff',
    startedOn: '2025-04-01',
  })
  const known = await asks.context().request.post('/api/v1/people', {
    data: { name: '丁海波', idType: 'passport', idNumber: 'E90010123', kinds: ['careStaff'] },
    headers: { 'X-CSRF-Token': asks.session.csrfToken },
  })
  assert.equal(known.status(), 409)
  const asked = await call(asks, 'POST', `/people/${person.id}/transfers`, {
    toOrganizationId: org,
    on: '2026-07-01',
    reason: '本人申请就近工作',
  })
  assert.equal(asked.state, 'asked')
  await answers.goto('/people')
  await answers.getByRole('button', { name: /待答复调动/ }).click()
  await answers.getByText('丁海波').waitFor()
  await answers.getByRole('button', { name: '同意', exact: true }).click()
  await answers.getByRole('dialog').getByRole('button', { name: '同意', exact: true }).click()
  await answers.getByText('没有待答复的调动').waitFor()
  const record = await call(asks, 'GET', `/people/${person.id}/record`)
  assert.deepEqual(
    record.spells.map((s) => s.startedOn),
    ['2026-07-01', '2025-04-01'],
  )
  assert.equal(record.spells[1].endedOn, '2026-06-30')
  await close(asks)
  await close(answers)
})

test('a caregiver shares the record from the phone and withdraws it', async () => {
  const phone = await open(rig, { user: 'wangxiulan', width: 390, height: 844 })
  await phone.goto('/m/me')
  await phone.getByRole('link', { name: '我的全记录' }).click()
  await phone.getByText('2025年度在岗培训学时').waitFor()
  await phone.getByRole('button', { name: '分享给别人看' }).click()
  await phone.getByRole('button', { name: '30 天' }).click()
  await phone.getByRole('button', { name: '生成二维码' }).click()
  const url = await phone.locator('.url').textContent()
  const anyone = await open(rig, { width: 390, height: 844 })
  await anyone.goto(url)
  assert.equal(await anyone.locator('#word').textContent(), '与登记相符')
  const shown = await anyone.locator('body').textContent()
  assert.ok(shown.includes('王*兰') && !shown.includes('王秀兰') && !shown.includes('S000031000012'))
  assert.ok(await anyone.evaluate(() => document.documentElement.scrollWidth <= innerWidth))
  await phone.reload()
  await phone.getByText('已打开 1 次').waitFor()
  await phone.getByRole('button', { name: '撤回' }).first().click()
  await settled(phone)
  await anyone.reload()
  assert.equal(await anyone.locator('#word').textContent(), '已撤回')
  assert.ok(!(await anyone.locator('body').textContent()).includes('王*兰'))
  await close(anyone)
  await close(phone)
})
