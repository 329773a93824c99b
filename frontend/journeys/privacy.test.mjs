import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { call, close, open, picture, settled, start } from './rig.mjs'

describe('privacy', () => {
  let rig
  before(async () => {
    rig = await start()
  })
  after(() => rig?.stop())

  it('shows the notice first, takes a “not now”, then the consent, and its withdrawal', async () => {
    const page = await open(rig, { user: 'linqiaoyun', width: 390, height: 844 })
    await page.goto('/m/')
    await page.getByRole('heading', { name: '个人信息处理告知书' }).waitFor()
    await page.getByRole('button', { name: '暂不同意' }).click()
    await page.waitForURL(/\/m\/$/)
    await page.goto('/m/privacy')
    await page.getByText('未同意').waitFor()
    await page.getByRole('link', { name: /隐私告知书/ }).click()
    await page.getByText('我已阅读并同意').click()
    await page.getByText('我单独同意处理敏感').click()
    await page.getByRole('button', { name: '同意', exact: true }).click()
    await page.getByText('同意第 1 版').waitFor()
    await page.getByRole('button', { name: '撤回同意' }).click()
    await page.locator('.van-dialog__confirm').click()
    await page.locator('b').getByText('撤回同意').waitFor()
    await close(page)
  })

  it('carries a correction from the phone to the bureau and back', async () => {
    const phone = await open(rig, { user: 'ayiguli', width: 390, height: 844 })
    await phone.goto('/m/corrections')
    await phone.getByRole('button', { name: '申请更正' }).click()
    await phone.getByLabel('更正什么').selectOption('major')
    await phone.getByLabel('应为').fill('护理学')
    await phone.getByLabel('理由').fill('毕业证上是护理学')
    await phone.getByRole('button', { name: '提交' }).click()
    await phone.getByText('待核实', { exact: true }).waitFor()
    const office = await open(rig, { user: 'qingpu' })
    await office.goto('/')
    await office.getByText(/更正申请待核实/).click()
    await office
      .getByRole('row', { name: /阿依古丽/ })
      .getByRole('button', { name: '办理' })
      .click()
    await office.getByRole('dialog').getByRole('button', { name: '更正', exact: true }).click()
    await office.getByText('已更正').first().waitFor()
    await phone.reload()
    await phone.getByText('已更正').waitFor()
    const self = await call(phone, 'GET', `/people/${phone.session.user.personId}`)
    assert.equal(self.major, '护理学')
    await close(office)
    await close(phone)
  })

  it('gives everything about oneself as a page to keep', async () => {
    const page = await open(rig, { user: 'wangxiulan', width: 390, height: 844 })
    await page.goto('/m/my-data')
    await page.getByRole('button', { name: '查看' }).click()
    await page.getByText('310118198506150021').waitFor()
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: '下载网页文件' }).click(),
    ])
    const html = await readFile(await file.path(), 'utf8')
    for (const has of [
      '王秀兰',
      '谁查看过我的信息',
      '淀山湖福利院花名册.csv',
      '线上学习',
      '实操记录',
      '疑似重复的档案',
    ])
      assert.ok(html.includes(has), `${has} is missing`)
    await close(page)
  })

  it('tells what is contested, corrected, learned, practised and found', async () => {
    for (const [language, load, says] of [
      [
        'zh-CN',
        '查看',
        [
          '以前登记的证件号码',
          '411425********0327',
          '证书编号冲突',
          '另一份档案',
          '线上学习',
          '双方已确认',
          '2 次考勤被冲回',
        ],
      ],
      [
        'en',
        'Show',
        [
          'Former identity numbers',
          'Contested certificate numbers',
          'another record',
          'Learning online',
          'confirmed by both sides',
        ],
      ],
    ]) {
      const page = await open(rig, { user: 'zhaomeiying', width: 390, height: 844, language })
      if (language === 'en') await page.addInitScript(() => (localStorage.language = 'en'))
      await page.goto('/m/my-data')
      await page.getByRole('button', { name: load }).click()
      for (const text of says) await page.getByText(text).first().waitFor()
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390, `${language} is too wide`)
      await picture(page, `phone-my-data-${language}`)
      await close(page)
    }
  })

  it('registers signed papers for a list of people', async () => {
    const page = await open(rig, { user: 'dianshanhu' })
    await page.goto('/')
    await page.getByText(/没有同意隐私告知书/).click()
    await page.getByRole('checkbox', { name: '全选' }).check()
    await page.getByRole('button', { name: '登记纸质同意' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '登记纸质同意' }).click()
    await page.getByText('没有未同意的人').waitFor()
    await close(page)
  })

  it('works at the width of a phone', async () => {
    const page = await open(rig, { user: 'qingpu', width: 390, height: 844 })
    for (const path of ['/privacy/corrections', '/privacy/consents', '/privacy/notice', '/privacy/retention']) {
      await page.goto(path)
      await settled(page)
      const wide = await page.evaluate(() => document.documentElement.scrollWidth)
      assert.ok(wide <= 391, `${path} is ${wide} px wide`)
    }
    await close(page)
  })
})
