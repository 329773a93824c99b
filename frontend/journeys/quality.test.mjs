import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { call, close, open, picture, settled, start } from './rig.mjs'

describe('data quality', () => {
  let rig
  before(async () => {
    rig = await start()
  })
  after(() => rig?.stop())

  const figure = async (page, org) => call(page, 'GET', `/statistics/data-quality?organizationId=${org}`)
  const place = async (page) =>
    (await call(page, 'GET', `/organizations?kind=institution&q=${encodeURIComponent('练塘')}`)).items[0].id

  it('shows a bureau the score with its fractions, the lowest institution first, and reminds it', async () => {
    const page = await open(rig, { user: 'qingpu' })
    await page.goto('/quality')
    const district = (await call(page, 'GET', '/organizations?kind=districtBureau')).items[0].id
    const q = await figure(page, district)
    await page.getByText(q.score).first().waitFor()
    await page.getByText(`${q.numerator} / ${q.denominator} 人完整`).waitFor()
    await picture(page, 'quality')
    const row = page.getByRole('row').filter({ hasText: '练塘颐养院' }).first()
    await row.getByRole('button', { name: '提醒' }).click()
    await page.getByPlaceholder(/月底前/).fill('请于本周补正')
    await page.getByRole('button', { name: '发出提醒' }).click()
    await page.getByText('请于本周补正').waitFor()
    await close(page)
  })

  it('leads an institution from the home page to the person and the field that mends it', async () => {
    const page = await open(rig, { user: 'liantang' })
    const home = await place(page)
    const before = await figure(page, home)
    await page.goto('/')
    await page.getByText(/周晓岚 提醒补正/).waitFor()
    await page.getByText(/缺联系电话：1 条/).click()
    await page.waitForURL(/finding=missingPhone/)
    await page.getByRole('link', { name: /去补正/ }).click()
    const field = page.locator('[data-field="phone"] input')
    await field.waitFor()
    await field.fill('13918000109')
    await page.getByRole('button', { name: '保存' }).click()
    await page.getByText(/没有待补正的内容/).waitFor()
    const now = await figure(page, home)
    assert.equal(now.numerator, before.numerator + 1)
    assert.equal(now.wanting, before.wanting - 1)
    await close(page)
  })

  it('takes a word where there is nothing to enter, and the limit of seven days is in time', async () => {
    const page = await open(rig, { user: 'liantang', width: 390, height: 844 })
    const home = await place(page)
    const late = await call(page, 'GET', `/statistics/data-quality/people?organizationId=${home}&finding=lateStart`)
    assert.deepEqual(
      late.items.map((p) => [p.name, p.findings[0].days]),
      [['吴凤仙', 1]],
    )
    await page.goto('/quality?finding=missingCertificate')
    await page.getByRole('link', { name: '归玉珍' }).click()
    await page.getByRole('button', { name: '说明情况' }).click()
    await page.getByPlaceholder(/操作日志/).fill('已报名下一批认定')
    await page.getByRole('dialog').getByRole('button', { name: '说明情况' }).click()
    await page.getByText('已报名下一批认定').waitFor()
    await settled(page)
    const q = await figure(page, home)
    assert.equal(q.findings.find((f) => f.kind === 'missingCertificate').count, 0)
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth))
    await close(page)
  })

  it('counts refused rows until they are dismissed, one click from the workbook', async () => {
    const page = await open(rig, { user: 'liantang' })
    const home = await place(page)
    const sent = await page.context().request.post('/api/v1/imports', {
      headers: { 'X-CSRF-Token': page.session.csrfToken },
      multipart: {
        kind: 'people',
        organizationId: home,
        dryRun: 'false',
        file: {
          name: '七月新进.csv',
          mimeType: 'text/csv',
          buffer: Buffer.from(
            '姓名,身份证号码,入职日期\n钱多多,310118199001010000,2026-06-01\n,310118199001010011,2026-06-01\n',
          ),
        },
      },
    })
    const { id } = await sent.json()
    for (let turn = 0; turn < 100 && (await call(page, 'GET', `/imports/${id}`)).status !== 'done'; turn++)
      await new Promise((r) => setTimeout(r, 100))
    const refused = async () => (await figure(page, home)).findings.find((f) => f.kind === 'refusedRows').count
    assert.equal(await refused(), 2)
    await page.goto('/quality')
    await page.getByRole('link', { name: '，导入未通过 2 行' }).waitFor()
    const download = page.waitForEvent('download')
    await page.locator('#refused').getByRole('link', { name: '下载 2 行' }).click()
    assert.match((await download).suggestedFilename(), /xlsx$/)
    await picture(page, 'quality-refused')
    await page.locator('#refused').getByRole('link', { name: '七月新进.csv' }).click()
    await page.getByText('还有 2 行待更正').waitFor()
    await picture(page, 'import-to-mend')
    await page.goto('/imports?toMend=true')
    await page.getByRole('link', { name: '七月新进.csv' }).waitFor()
    await picture(page, 'imports-to-mend')
    await page.goto(`/imports/${id}`)
    await page.getByRole('button', { name: '不再处理' }).click()
    await page.getByPlaceholder(/操作日志/).fill('两人未入职')
    await page.getByRole('dialog').getByRole('button', { name: '不再处理' }).click()
    await page.getByText(/写明不再处理 2 行：两人未入职/).waitFor()
    assert.equal(await refused(), 0)
    await close(page)
  })
})
