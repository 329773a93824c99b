import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { call, close, open, picture, start } from './rig.mjs'

describe('the yearly inspection by a random draw', () => {
  let rig, id, name
  before(async () => {
    rig = await start()
  })
  after(() => rig?.stop())

  it('is drawn once by a bureau, with its seed, and what is found is entered', async () => {
    const page = await open(rig, { user: 'qingpu' })
    await page.goto('/inspections')
    await page.getByRole('button', { name: '抽取名单' }).click()
    const drawing = page.getByRole('dialog')
    await drawing.getByText('名单抽出后不能重抽').waitFor()
    await drawing.getByLabel('说明').fill('年度在岗培训抽查')
    await drawing.getByRole('button', { name: '抽取名单' }).click()
    await page.waitForURL(/\/inspections\/[0-9a-f-]{36}$/)
    id = page.url().split('/').at(-1)
    const drawn = await call(page, 'GET', `/inspections/${id}`)
    assert.equal(drawn.size, Math.ceil(drawn.population / 20))
    await page.getByText(drawn.seed).waitFor()
    await page.getByText(drawn.digest).waitFor()
    await page.getByRole('img', { name: '公开验算页的二维码' }).waitFor()

    // Fine, and a deviation that must say what was found.
    const rows = page.getByRole('row').filter({ hasText: '待查' })
    await rows.first().getByRole('button', { name: '登记结果' }).click()
    await page.getByRole('dialog').getByText('无问题').click()
    await page.getByRole('button', { name: '保存' }).click()
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    name = (await call(page, 'GET', `/inspections/${id}/items?result=toInspect&limit=1`)).items[0].name
    await page.getByRole('row').filter({ hasText: name }).getByRole('button', { name: '登记结果' }).click()
    await page.getByRole('dialog').getByText('有偏差').click()
    assert.ok(await page.getByRole('button', { name: '保存' }).isDisabled())
    await page.getByRole('dialog').getByLabel('情况').fill('签到表缺一页，限期补齐')
    await page.getByRole('button', { name: '保存' }).click()
    await page.getByText('签到表缺一页，限期补齐').waitFor()
    await page.getByRole('button', { name: '验算' }).click()
    await page.getByText('与名单一致').waitFor()
    await picture(page, 'inspection')
    const now = await call(page, 'GET', `/inspections/${id}`)
    assert.deepEqual([now.fine, now.deviations], [1, 1])

    // No second try.
    await page.goto('/inspections')
    await page.getByRole('button', { name: '抽取名单' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '抽取名单' }).click()
    await page.getByText('名单不能重抽').first().waitFor()
    await close(page)
  })

  it('is drawn again by anybody, in their own browser', async () => {
    const page = await open(rig, { width: 390, height: 844 })
    const asked = []
    page.on('request', (r) => asked.push(r.url()))
    await page.goto(`/d/${id}`)
    await page.getByRole('heading', { name: /青浦区民政局 2026 年在岗人员抽查/ }).waitFor()
    await page.locator('#drawn li').first().waitFor()
    const before = asked.length
    await page.getByRole('button', { name: '重新抽取并比对' }).click()
    await page.getByText('结果相同').waitFor()
    assert.equal(await page.locator('#result li').count(), 3)
    assert.equal(asked.length, before) // it computes here, and asks nobody
    const html = await page.content()
    assert.ok(!html.includes(name) && !html.includes('签到表缺一页'))
    await picture(page, 'draw')
    await close(page)
  })

  it('tells who changes the list that another result comes out', async () => {
    const page = await open(rig, { language: 'en' })
    await page.route('**/population.txt', async (route) => {
      const answer = await route.fetch()
      const lines = (await answer.text()).trimEnd().split('\n')
      const [drawn, other] = [lines.findIndex((l) => l.split('\t')[3]), lines.findIndex((l) => !l.split('\t')[3])]
      const [a, b] = [lines[drawn].split('\t'), lines[other].split('\t')]
      ;[a[3], b[3]] = [b[3], a[3]]
      lines[drawn] = a.join('\t')
      lines[other] = b.join('\t')
      await route.fulfill({ response: answer, body: `${lines.join('\n')}\n` })
    })
    await page.goto(`/d/${id}`)
    await page.getByRole('button', { name: 'Draw again and compare' }).click()
    await page.getByText('Another result').waitFor()
    await close(page)
  })

  it('lets whoever knows an identifier see whether it was drawn', async () => {
    const office = await open(rig, { user: 'qingpu' })
    const item = (await call(office, 'GET', `/inspections/${id}/items?limit=1`)).items[0]
    await close(office)
    const page = await open(rig, {})
    await page.goto(`/d/${id}`)
    const answer = page.locator('#own .answer')
    await page.getByLabel('对象标识').fill(item.id)
    await page.getByRole('button', { name: '核对' }).click()
    await answer.getByText('第 1 个抽中').waitFor()
    await page.getByLabel('对象标识').fill('nobody')
    await page.getByRole('button', { name: '核对' }).click()
    await answer.getByText('不在这份名册里').waitFor()
    await close(page)
  })

  it('can be given up with a reason, which stays public', async () => {
    const page = await open(rig, { user: 'qingpu' })
    await page.goto(`/inspections/${id}`)
    await page.getByRole('button', { name: '撤销名单' }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('抽取范围选错')
    await page.getByRole('dialog').getByRole('button', { name: '撤销名单' }).click()
    await page.getByText(/抽取范围选错/).waitFor()
    assert.equal(await page.getByRole('button', { name: '登记结果' }).count(), 0)
    await page.goto(`/d/${id}`)
    await page.getByText(/已于 .* 撤销：抽取范围选错/).waitFor()
    await close(page)
  })
})
