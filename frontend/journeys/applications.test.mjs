import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { call, close, open, picture, settled, start } from './rig.mjs'

const sizes = [
  [1440, 900],
  [390, 844],
]

describe('an application to open a class', () => {
  let rig
  before(async () => {
    rig = await start()
  })
  after(() => rig?.stop())

  for (const [width, height] of sizes)
    it(`waits for the bureau, at ${width} px`, async () => {
      const page = await open(rig, { user: 'jinshan', width, height })
      await page.goto('/')
      await page.getByText('开班申请待审核 1 件').first().click()
      await page.getByText('养老护理员四级技能培训').first().click()
      await page.getByRole('button', { name: '批准开班' }).waitFor()
      await page.getByText('养老护理员一级（高级技师）', { exact: false }).first().waitFor()
      await picture(page, `application-review-${width}`)
      await close(page)
    })

  for (const [width, height] of sizes.toReversed())
    it(`is mended by the school after it was sent back, at ${width} px`, async () => {
      const page = await open(rig, { user: 'haiyue', width, height })
      await page.goto('/')
      await page
        .getByText(/开班申请被退回/)
        .first()
        .click()
      await page.getByText('金老师的护师证书已过期', { exact: false }).first().waitFor()
      await page.getByRole('button', { name: '提交审核' }).waitFor()
      await picture(page, `application-write-${width}`)
      if (width > 500) {
        await page.getByPlaceholder('资格或职称').nth(1).fill('护师（2026 年续期）')
        await page.getByRole('button', { name: '提交审核' }).click()
        await page.locator('.el-message-box').getByRole('button', { name: '提交审核' }).click()
        await page.getByRole('button', { name: '撤回申请' }).waitFor()
      }
      await close(page)
    })

  it('is sent back, and approved, by the bureau', async () => {
    const page = await open(rig, { user: 'jinshan' })
    const queue = await call(page, 'GET', '/classes?status=applied')
    assert.equal(queue.total, 2)
    await page.goto(`/classes/${queue.items[0].id}`)
    await page.getByRole('button', { name: '退回补正' }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('请补交教材目录')
    await page.getByRole('dialog').getByRole('button', { name: '退回补正' }).click()
    await page.getByText('请补交教材目录').first().waitFor()
    await page.goto(`/classes/${queue.items[1].id}`)
    await page.getByRole('button', { name: '批准开班' }).click()
    await page.locator('.el-message-box').getByRole('button', { name: '批准开班' }).click()
    await page.getByText('未开课').first().waitFor()
    const opened = await call(page, 'GET', `/classes/${queue.items[1].id}`)
    assert.equal(opened.status, 'open')
    await close(page)
  })

  it('cannot be made while an organisation is on the blacklist', async () => {
    const page = await open(rig, { user: 'jinshan' })
    await page.goto('/organizations?q=石化')
    await page.locator('main').getByText('石化颐康培训中心').first().click()
    await page
      .getByText(/黑名单至/)
      .first()
      .waitFor()
    await settled(page)
    await picture(page, 'blacklist')
    await page.getByRole('button', { name: '解除' }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('已退回补贴并整改')
    await page.getByRole('dialog').getByRole('button', { name: '解除' }).click()
    await page.getByText('已解除', { exact: true }).first().waitFor()
    await page.getByRole('button', { name: '列入黑名单' }).click()
    await picture(page, 'blacklist-add')
    await close(page)
  })
})

describe('the practice bases', () => {
  let rig
  before(async () => {
    rig = await start()
  })
  after(() => rig?.stop())

  for (const [width, height] of sizes)
    it(`show how they were used, at ${width} px`, async () => {
      const page = await open(rig, { user: 'qingpu', width, height })
      await page.goto('/training-bases')
      await page.getByText('青东分基地', { exact: false }).first().waitFor()
      await picture(page, `bases-${width}`)
      const use = await call(page, 'GET', '/training-bases/use?year=2026')
      assert.equal(use.items.filter((b) => b.parentId).length, 3)
      assert.equal(
        use.items.reduce((n, b) => n + b.total.learnerMinutes, 0),
        use.total.learnerMinutes,
      )
      assert.ok(use.total.sessions > 0)
      await close(page)
    })
})
