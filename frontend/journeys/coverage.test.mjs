import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { call, close, open, picture, settled, start } from './rig.mjs'

describe('standards, social workers, programmes', () => {
  let rig
  before(async () => {
    rig = await start()
  })
  after(() => rig?.stop())

  it('leads a bureau from the page of today to who lacks a standard, and to a workbook of them', async () => {
    const page = await open(rig, { user: 'qingpu' })
    const district = (await call(page, 'GET', '/organizations?kind=districtBureau')).items[0].id
    const all = (await call(page, 'GET', `/statistics/coverage?organizationId=${district}`)).all
    await page.goto('/')
    await page.getByRole('link', { name: /贯标培训覆盖/ }).click()
    await page.waitForURL(/statistics\/coverage/)
    await page.getByText(`${all.percent}%`).first().waitFor()
    await picture(page, 'coverage')
    await page.getByRole('link', { name: '徐泾镇养护院' }).first().click()
    await page.getByText('41 / 44 人').first().waitFor()
    const people = page.getByRole('table', { name: '缺训人员' })
    await people.getByText('唐月英').waitFor()
    await people.getByText('蒋美玲').waitFor() // her certificate was revoked
    assert.equal(await people.getByText('彭爱华').count(), 0) // trained under the record that was merged
    assert.equal(await people.getByText('方秋菊').count(), 0) // left yesterday
    await page.getByRole('button', { name: /GB 38600—2019 1$/ }).click()
    await people.getByText('唐月英').waitFor({ state: 'detached' })
    await people.getByText('朱玉兰').waitFor()
    await page.locator('#people').getByRole('button', { name: '导出表格' }).click()
    await page.getByPlaceholder(/操作日志/).fill('安排补训')
    const file = page.waitForEvent('download')
    await page.getByRole('dialog').getByRole('button', { name: '导出表格' }).click()
    assert.match((await file).suggestedFilename(), /\.xlsx$/)
    await close(page)
  })

  it('freezes coverage and recomputes it to the same integers', async () => {
    const page = await open(rig, { user: 'qingpu' })
    await page.goto('/statistics/coverage')
    await page.getByRole('button', { name: '固定为快照' }).click()
    await page.getByRole('button', { name: '重算核对' }).first().click()
    await page.getByText('重算一致').waitFor()
    await close(page)
  })

  it('shows the social workers by beds, flagged at exactly 300', async () => {
    const page = await open(rig, { user: 'qingpu' })
    await page.goto('/statistics/social-workers')
    const row = page.getByRole('row').filter({ hasText: '徐泾镇养护院' }).first()
    await row.getByText(/两款都适用/).waitFor()
    await row.getByText('差 1 人').waitFor()
    const met = page.getByRole('row').filter({ hasText: '崧华养护院' }).first()
    await met.getByText('已达标').waitFor()
    await page.getByRole('table', { name: '没有培训记录的社工' }).getByText('钟晓燕').waitFor()
    await close(page)
  })

  it('counts people once in a programme, and lets the bureau enter and change one', async () => {
    const page = await open(rig, { user: 'qingpu' })
    await page.goto('/programmes')
    await page.getByText('逾期未启动').waitFor()
    await page.getByRole('link', { name: '贯标培训年度计划' }).click()
    await page.getByText('差 5 人').waitFor()
    await page.getByText('102 人次').waitFor()
    await picture(page, 'programme')
    await page.getByRole('button', { name: '尚未参加' }).click()
    await page.getByRole('table', { name: '尚未参加' }).waitFor()
    await page.goto('/programmes')
    await page.getByRole('button', { name: '新增行动' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('名称').fill('运营人才培训500名')
    await dialog.getByLabel('目标人数').fill('500')
    await dialog.getByRole('button', { name: '保存' }).click()
    await page.getByRole('heading', { name: '运营人才培训500名' }).waitFor()
    await page.getByText('差 500 人').waitFor()
    await page.getByRole('button', { name: '修改' }).click()
    await page.getByRole('dialog').getByLabel('目标人数').fill('450')
    await page.getByRole('dialog').getByRole('button', { name: '保存' }).click()
    await page.getByText('差 450 人').waitFor()
    await close(page)
  })

  it('shows a home the programme above it with its own people, on a narrow screen too', async () => {
    const page = await open(rig, { user: 'xujing', width: 390, height: 844 })
    await page.goto('/programmes')
    await page.getByRole('link', { name: '贯标培训年度计划' }).click()
    await page.getByText(/其中本单位 43 人/).waitFor()
    await settled(page)
    assert.equal(await page.getByRole('button', { name: '修改' }).count(), 0)
    for (const path of ['/statistics/coverage', '/statistics/social-workers', '/programmes']) {
      await page.goto(path)
      await settled(page)
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), path)
    }
    await close(page)
  })
})
