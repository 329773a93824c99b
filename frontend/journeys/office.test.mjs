import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { call, close, open, password, picture, samples, settled, start } from './rig.mjs'

describe('the office', () => {
  let rig
  before(async () => {
    rig = await start()
  })
  after(() => rig?.stop())

  it('signs in through the form, and out', async () => {
    const page = await open(rig)
    await page.goto('/')
    await page.getByLabel('用户名').fill('qingpu')
    await page.getByLabel('密码').fill('wrong-password')
    await page.getByRole('button', { name: '登录' }).click()
    await page.getByText('用户名或密码不正确').waitFor()
    await page.getByLabel('密码').fill(password)
    await page.getByRole('button', { name: '登录' }).click()
    await page.getByText('持证率').first().waitFor()
    await close(page)
  })

  it('shows a bureau its rate with the fraction, the target and who is missing', async () => {
    const page = await open(rig, { user: 'qingpu' })
    await page.goto('/')
    const orgs = await call(page, 'GET', '/organizations?kind=districtBureau')
    const rate = await call(page, 'GET', `/statistics/certification?organizationId=${orgs.items[0].id}`)
    await page.getByText(`${rate.percent}%`).first().waitFor()
    await page.getByText(`${rate.numerator} / ${rate.denominator}`).first().waitFor()
    await picture(page, 'dashboard')
    await page.getByText(/看未持证的/).click()
    await page.waitForURL(/statistics|people/)
    await settled(page)
    await close(page)
  })

  it('speaks English too', async () => {
    const page = await open(rig, { user: 'qingpu', language: 'en' })
    await page.goto('/')
    await page.getByText('中 / EN').click()
    await page
      .getByText(/Certification rate/i)
      .first()
      .waitFor()
    await close(page)
  })

  it('lets an institution try a roster and names every defect by row', async () => {
    const page = await open(rig, { user: 'xujing' })
    await page.goto('/imports/new')
    await page.locator('input[type=file]').setInputFiles(join(samples, 'roster-sample.xlsx'))
    const next = page.getByRole('button', { name: /试算/ })
    await next.first().click()
    await page
      .getByText(/丢失|末三位|数字格式/)
      .first()
      .waitFor({ timeout: 20_000 })
    await picture(page, 'import')
    await close(page)
  })

  it('finds a person by initials and opens the record', async () => {
    const page = await open(rig, { user: 'dianshanhu' })
    await page.goto('/people')
    await page.getByPlaceholder(/拼音首字母/).fill('wxl')
    await page.getByRole('link', { name: '王秀兰' }).click()
    await page.getByText('310118********').first().waitFor()
    await settled(page)
    await close(page)
  })

  it('puts the rotating code on the projector and shows who came', async () => {
    const school = await open(rig, { user: 'school' })
    await school.goto('/')
    await school.getByText('打开签到').first().waitFor()
    const today = await call(school, 'GET', '/sessions?from=2026-06-18&to=2026-06-18')
    const session = today.items.find((x) => x.title === '压疮预防与体位护理')
    const code = await call(school, 'GET', `/sessions/${session.id}/check-in-code`)
    const caregiver = await open(rig, { user: 'wangxiulan', width: 390, height: 844 })
    const checked = await call(caregiver, 'POST', `/sessions/${session.id}/check-ins`, {
      code: code.code,
      direction: 'in',
    })
    assert.equal(checked.late, false)
    await school.goto(`/attendance/${session.id}`)
    await school.locator('svg').first().waitFor()
    await school.getByText('王秀兰').waitFor()
    await picture(school, 'attendance')
    await close(caregiver)
    await close(school)
  })

  it('shows the ledger of class hours and why', async () => {
    const page = await open(rig, { user: 'dianshanhu' })
    await page.goto('/hours')
    await settled(page)
    await page.getByText('在岗培训学时').first().waitFor()
    await picture(page, 'hours')
    await page.getByRole('button', { name: '仍会差' }).click()
    await page.waitForURL(/outlook=willMiss/)
    await settled(page)
    const missing = await call(page, 'GET', '/hours?outlook=willMiss&limit=200')
    assert.ok(missing.items.length > 0 && missing.items.every((line) => !line.forecast.enough))
    await page
      .getByText(/仍差 [\d.]+ 课时/)
      .first()
      .waitFor()
    await page.getByRole('button', { name: '已达标' }).click()
    await page.waitForURL((url) => !url.searchParams.has('outlook'))
    await close(page)
  })

  it('says what is wrong at the field and at the top', async () => {
    const page = await open(rig, { user: 'xujing' })
    await page.goto('/people/new')
    await page.getByText('徐泾镇养护院').nth(1).waitFor()
    await page.getByLabel('姓名').fill('测试')
    await page.getByLabel('证件号码').fill('123')
    await page.getByRole('button', { name: '登记', exact: true }).click()
    await page.locator('.el-form-item__error', { hasText: '18位' }).waitFor()
    await page.locator('.errors[role=alert] li', { hasText: '18位' }).waitFor()
    await close(page)
  })

  it('exports a list, hides a column of it and says the log in words', async () => {
    const page = await open(rig, { user: 'qingpu' })
    await page.goto('/classes')
    await page.locator('tbody tr').first().waitFor()
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: '导出表格' }).click()
    assert.match((await saved).suggestedFilename(), /班次.*\.xlsx/)
    await page.getByRole('button', { name: /^列/ }).click()
    await page.getByRole('menuitem', { name: '培训单位' }).click()
    await page.getByRole('columnheader', { name: '培训单位' }).waitFor({ state: 'detached' })
    await page.goto('/audit')
    await page.locator('tbody tr').nth(20).waitFor()
    const said = await page.getByRole('table', { name: '操作日志' }).innerText()
    assert.doesNotMatch(said, /trainingCompletion|districtBureau|[0-9a-f]{8}-[0-9a-f]{4}/)
    await close(page)
  })

  it('pages through the history of an organisation', async () => {
    const page = await open(rig, { user: 'qingpu', width: 390, height: 844 })
    const [home] = (await call(page, 'GET', `/organizations?kind=institution&q=${encodeURIComponent('徐泾')}`)).items
    for (let beds = 201; beds <= 224; beds++) {
      const now = await page.context().request.get(`/api/v1/organizations/${home.id}`)
      const answer = await page.context().request.fetch(`/api/v1/organizations/${home.id}`, {
        method: 'PATCH',
        data: { approvedBeds: beds },
        headers: { 'X-CSRF-Token': page.session.csrfToken, 'If-Match': now.headers().etag },
      })
      assert.equal(answer.status(), 200)
    }
    await page.goto(`/organizations/${home.id}`)
    const card = page.locator('section.card').filter({ has: page.getByRole('heading', { name: '经过' }) })
    await card.getByText(/→ 224/).waitFor()
    assert.equal(await card.getByText(/登记/).count(), 0)
    await card.getByRole('button', { name: '再看一些' }).click()
    await card.getByText(/→ 201/).waitFor()
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth))
    await close(page)
  })

  it('does not leave the auditor before a page that cannot load', async () => {
    const page = await open(rig, { user: 'auditor' })
    await page.goto('/statistics')
    await page.getByText('没有权限').waitFor()
    await page.goto('/')
    await page.getByRole('heading', { name: /操作日志/ }).waitFor()
    await close(page)
  })

  it('shows each main page of an office', async () => {
    const page = await open(rig, { user: 'qingpu' })
    for (const [path, heading, name] of [
      ['/people', '人员登记', 'people'],
      ['/organizations', '机构', 'organizations'],
      ['/statistics', '持证率', 'statistics'],
    ]) {
      await page.goto(path)
      await page
        .getByRole('heading', { name: new RegExp(heading) })
        .first()
        .waitFor()
      await page.locator('tbody tr').first().waitFor()
      await settled(page)
      await picture(page, name)
    }
    await close(page)
    const stranger = await open(rig)
    await stranger.goto('/')
    await stranger.getByRole('button', { name: '登录' }).waitFor()
    await settled(stranger)
    await picture(stranger, 'sign-in')
    await close(stranger)
  })

  it('shows a school its month, session by session', async () => {
    const page = await open(rig, { user: 'school' })
    await page.goto('/classes')
    await page.getByRole('link', { name: '课程表' }).click()
    await page.getByText('2026年6月').waitFor()
    await page
      .getByRole('link', { name: /09:00–12:00 压疮预防与体位护理/ })
      .first()
      .waitFor()
    await settled(page)
    await picture(page, 'calendar')
    await page.getByRole('button', { name: /上月/ }).click()
    await page.getByText('2026年5月').waitFor()
    await page.locator('.days a').first().click()
    await page.waitForURL(/\/classes\/.*tab=sessions/)
    await close(page)
  })

  it('works at the width of a phone', async () => {
    const page = await open(rig, { user: 'qingpu', width: 390, height: 844 })
    const { items } = await call(page, 'GET', `/people?q=${encodeURIComponent('王秀兰')}`)
    for (const path of [
      '/',
      '/people',
      '/classes',
      '/calendar',
      '/hours',
      '/certificates',
      '/organizations',
      '/imports',
      '/statistics',
      '/audit',
      '/users',
      `/people/${items[0].id}`,
      `/hours/${items[0].id}?asOf=2025-12-31`,
    ]) {
      await page.goto(path)
      await settled(page)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth)
      assert.ok(wide <= 391, `${path} is ${wide} px wide`)
    }
    await close(page)
  })
})
