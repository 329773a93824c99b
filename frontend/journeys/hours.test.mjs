import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { call, close, open, picture, settled, start } from './rig.mjs'

describe('hours earned elsewhere', () => {
  let rig
  before(async () => {
    rig = await start()
  })
  after(() => rig?.stop())

  it('are tried, imported by a home, and wait', async () => {
    const page = await open(rig, { user: 'dianshanhu' })
    await page.goto('/imports/new?kind=hours')
    const me = await call(page, 'GET', '/people?q=wangxiulan')
    assert.equal(me.items.length, 1)
    await page.locator('input[type=file]').setInputFiles({
      name: '外训.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(
        '\ufeff姓名,证件号码,培训日期,培训主题,培训机构,组织方层级,课时\n王秀兰,310118198506150025,2026-03-02,防走失演练,青浦区民政局,区级,2\n王秀兰,310118198506150025,2026-03-03,防走失演练,青浦区民政局,区级,四\n',
      ),
    })
    await page.getByRole('button', { name: /试算/ }).first().click()
    await page.getByText('不是最多两位小数的数').first().waitFor({ timeout: 20_000 })
    await picture(page, 'hours-import')
    await close(page)
  })

  for (const [width, height] of [
    [1440, 900],
    [390, 844],
  ]) {
    it(`show the bureau where they come from, at ${width} px`, async () => {
      const page = await open(rig, { user: 'qingpu', width, height })
      await page.goto('/hours/imported')
      await page.getByText('老年人急救常识').first().waitFor()
      await picture(page, `hours-elsewhere-${width}`)
      await page.getByRole('button', { name: '来历' }).first().click()
      await page
        .getByRole('dialog')
        .getByText(/外部培训\.csv/)
        .first()
        .waitFor()
      await picture(page, `hours-history-${width}`)
      await close(page)
    })
  }

  it('count once somebody else has confirmed them', async () => {
    const page = await open(rig, { user: 'qingpu' })
    const waiting = await call(page, 'GET', '/hours/imported?limit=50')
    const claim = waiting.items.find((c) => c.claim.title === '老年人急救常识')
    const year = Number(claim.date.slice(0, 4))
    const before = await call(page, 'GET', `/people/${claim.personId}/hours?year=${year}`)
    assert.equal(before.status, 'short')
    await page.goto('/hours/imported')
    const row = page.locator('tr', { hasText: '老年人急救常识' })
    await row.getByRole('checkbox').check()
    await page.getByRole('button', { name: '确认', exact: true }).first().click()
    await page.getByRole('textbox').last().fill('核对签到表复印件')
    await page.getByRole('dialog').getByRole('button', { name: '确认', exact: true }).click()
    await row.waitFor({ state: 'detached' })
    const now = await call(page, 'GET', `/people/${claim.personId}/hours?year=${year}`)
    assert.equal(now.status, 'met')
    assert.equal(now.creditedMinutes, before.creditedMinutes + 90)
    await page.goto(`/hours/${claim.personId}`)
    await page.getByRole('button', { name: `‹ ${year}` }).click()
    await page.getByText('外部学时 · 已确认').first().waitFor()
    await picture(page, 'hours-person')
    await close(page)
  })

  it('leave as a workbook with its reason', async () => {
    const page = await open(rig, { user: 'qingpu' })
    await page.goto('/people')
    await settled(page)
    await page.getByRole('button', { name: '导出表格' }).click()
    await page.getByRole('textbox').last().fill('季度统计')
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('dialog').getByRole('button', { name: '导出表格' }).click(),
    ])
    const raw = await readFile(await download.path())
    assert.equal(raw.subarray(0, 2).toString(), 'PK')
    const log = await call(page, 'GET', '/audit?noun=person').catch(() => ({ items: [] }))
    assert.ok(log.items.length === 0 || log.items.some((e) => e.verb === 'export' && e.reason === '季度统计'))
    await close(page)
  })
})
