import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { call, close, open, picture, settled, start } from './rig.mjs'

describe('the register of certificates and organisations', () => {
  let rig
  before(async () => {
    rig = await start()
  })
  after(() => rig?.stop())

  it('lets a verifier work through the queue by the keyboard', async () => {
    const page = await open(rig, { user: 'qingpu' })
    const before = await call(page, 'GET', '/certificates/queue')
    await page.goto('/certificates/queue')
    await page.getByText('省级代码').waitFor()
    await page.getByText('http://jndj.osta.org.cn').waitFor()
    await picture(page, 'queue')
    const first = before.items[0]
    await page.getByRole('heading', { name: first.name }).waitFor()
    await page.keyboard.press('2')
    await page.keyboard.press('y')
    await page.getByRole('heading', { name: before.items[1].name }).waitFor()
    const judged = await call(page, 'GET', `/certificates/${first.id}`)
    assert.equal(judged.status, 'valid')
    assert.equal(judged.verification.method, 'originalSeen')
    await page.keyboard.press('x')
    await page.getByText('请写明哪一项不符').waitFor()
    await page.getByLabel(/不符时必填/).fill('查无此证')
    await page.getByRole('button', { name: /^不一致/ }).click()
    await page.getByRole('heading', { name: before.items[2].name }).waitFor()
    assert.equal((await call(page, 'GET', `/certificates/${before.items[1].id}`)).status, 'rejected')
    await close(page)
  })

  it('confirms a selection at once', async () => {
    const page = await open(rig, { user: 'qingpu' })
    await page.goto('/certificates/queue?finding=none&level=4')
    await page.locator('.waiting input[type=checkbox]').first().waitFor()
    const n = await page.locator('.waiting input[type=checkbox]').count()
    for (const box of await page.locator('.waiting input[type=checkbox]').all()) await box.check()
    await page.getByRole('button', { name: `${n} 张已查询一致` }).click()
    await page.getByText('没有待核验的证书').waitFor()
    await close(page)
  })

  it('keeps what was seen, and takes a second person to correct a word', async () => {
    const page = await open(rig, { user: 'qingpu' })
    const found = (await call(page, 'GET', '/certificates?status=rejected')).items.find((c) =>
      c.verification.note.includes('评价中心来函'),
    )
    await page.goto(`/certificates/${found.id}`)
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: '来函.pdf', mimeType: 'text/html', buffer: Buffer.from('%PDF-1.4 来函') })
    await page.getByRole('link', { name: '来函.pdf' }).waitFor()
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: '来函.pdf' }).click(),
    ])
    assert.equal(download.suggestedFilename(), '来函.pdf')
    await page.locator('input[type=file]').setInputFiles({
      name: '证书.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('<html><script>alert(1)</script>'),
    })
    await page.getByText(/证据材料须为 PDF/).waitFor()
    await page.getByRole('button', { name: '更正核验结论' }).click()
    await page.getByText('撤回，重新排队核验').click()
    await page.getByLabel('原因').fill('来函所指为另一张证书')
    await page.getByRole('dialog').getByRole('button', { name: '更正核验结论' }).click()
    await page.getByText(/撤回核验结论/).waitFor()
    assert.equal((await call(page, 'GET', `/certificates/${found.id}`)).status, 'unverified')
    await close(page)
  })

  it('shows a number conflict to a home without the other side, and lets the bureau decide', async () => {
    const home = await open(rig, { user: 'xujing' })
    await home.goto('/')
    await home.getByText(/证书编号冲突 1 项/).click()
    await home
      .getByText(/S0000310000122/)
      .first()
      .waitFor()
    await settled(home)
    await picture(home, 'conflict-party')
    // That there is a conflict is seen; whose the other side is, only by the bureau.
    for (const other of ['李*芳', '李桂芳', '淀山湖福利院']) assert.equal(await home.getByText(other).count(), 0)
    await close(home)
    const page = await open(rig, { user: 'qingpu2' })
    await page.goto('/certificates/conflicts')
    await page.getByRole('link', { name: /S0000310000122/ }).click()
    await page.getByText('赵美英').first().waitFor()
    await settled(page)
    await picture(page, 'conflict')
    await page.getByText(/归 李桂芳/).click()
    await page.getByLabel('原因').fill('联网查询：持证人为李桂芳')
    await page.getByRole('button', { name: '裁定归属' }).click()
    await page.getByText('裁定归属', { exact: true }).first().waitFor()
    await page.getByText(/归登记的人/).waitFor()
    assert.equal((await call(page, 'GET', '/certificate-conflicts?status=open')).total, 0)
    await close(page)
  })

  it('opens the tree, finds the home without a director, and shows old names on old days', async () => {
    const page = await open(rig, { user: 'qingpu' })
    await page.goto('/organizations/tree')
    await page.getByRole('button', { name: '展开 夏阳街道' }).click()
    await page.getByRole('link', { name: '夏阳街道综合养护院' }).click()
    await page.getByRole('heading', { name: /夏阳街道综合养护院/ }).waitFor()
    await page.goto(`${new URL(page.url()).pathname}?asOf=2025-12-31`)
    await page.getByRole('heading', { name: /夏阳街道养护院/ }).waitFor()
    await page.goto('/')
    await page.getByText(/2 家养老机构没有登记院长/).click()
    await page.getByRole('heading', { name: '机构' }).waitFor() // the page before names the same homes
    await page.getByRole('link', { name: '崧华养护院' }).click()
    await page.getByRole('heading', { name: '崧华养护院' }).waitFor()
    await page.getByText('没有登记在岗的院长').waitFor()
    await page.getByRole('button', { name: '修改' }).click()
    await page.getByLabel('停办日期').fill('2026-06-18')
    await page.getByLabel('停办日期').press('Enter')
    await page.getByRole('button', { name: '保存' }).click()
    await page
      .getByText(/仍有 ?\d+ ?人在岗/)
      .first()
      .waitFor()
    await close(page)
  })

  it('warns of the fourth assessment body of a province', async () => {
    const page = await open(rig, { user: 'shi' })
    const bodies = await call(page, 'GET', '/organizations?kind=assessmentBody')
    const one = bodies.items.find((b) => b.name.startsWith('申城'))
    await page.goto(`/organizations/${one.id}`)
    await page.getByText(/同期达4家，超过3家/).waitFor()
    await close(page)
  })

  it('works at the width of a phone', async () => {
    const page = await open(rig, { user: 'qingpu', width: 390, height: 844 })
    for (const path of ['/certificates/queue', '/certificates/conflicts', '/organizations/tree']) {
      await page.goto(path)
      await settled(page)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth)
      assert.ok(wide <= 391, `${path} is ${wide} px wide`)
    }
    await close(page)
  })
})
