import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { call, close, open, picture, start } from './rig.mjs'

describe('the attendance radar', () => {
  let rig
  before(async () => {
    rig = await start()
  })
  after(() => rig?.stop())

  it('lets the provider answer what is found about it, and not decide', async () => {
    const page = await open(rig, { user: 'langxia' })
    await page.goto('/radar')
    await page.getByRole('link', { name: /徐美珍.*900分钟/ }).click()
    await page.getByRole('heading', { name: '并列对照' }).waitFor()
    assert.equal(await page.getByRole('button', { name: '认定属实' }).count(), 0)
    await page.getByRole('button', { name: '作说明' }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('当天为集中补课，签到表可查')
    await page.getByRole('button', { name: '提交' }).click()
    await page.getByText('当天为集中补课，签到表可查').waitFor()
    await close(page)
  })

  it('leads a bureau from today to a decision that takes the credit back', async () => {
    const page = await open(rig, { user: 'jinshan' })
    await page.goto('/')
    await page.getByRole('link', { name: /考勤疑点 \d+ 条待处理/ }).click()
    await page.getByRole('button', { name: /从无缺勤的班/ }).click()
    await page.getByText('全班10人连续8节课无一人缺勤').waitFor()
    await page.getByRole('button', { name: /同一秒签到/ }).click()
    await page.getByText(/有5人在.*同一秒签到/).waitFor()
    await page.getByRole('button', { name: /共用手机签到/ }).click()
    await page.getByText(/同一班有2人用同一部手机/).waitFor()
    await page.getByRole('button', { name: /替人签到被拒/ }).click()
    await page.getByRole('link', { name: /被系统拒绝2次，涉及2人/ }).click()
    await page.getByText('未签上').nth(1).waitFor()
    await picture(page, 'radar-turned-away')
    await page.goto('/radar')
    // A detector without its figure says so, and what switches it on.
    await page.getByText('法定退休年龄的数值尚未录入').waitFor()
    await page.getByRole('button', { name: /未启用 超过退休年龄/ }).waitFor()
    await page.getByRole('button', { name: /一天学时过长/ }).click()
    await picture(page, 'radar')
    await page.getByRole('link', { name: /徐美珍.*900分钟/ }).click()
    await page.getByText('当天为集中补课，签到表可查').waitFor()
    await picture(page, 'radar-case')
    await page.getByRole('button', { name: '认定属实' }).click()
    await page
      .getByRole('dialog')
      .getByText(/13:30–21:00/)
      .click()
    await page.getByLabel('原因').fill('值班表显示当晚在岗')
    await page.getByRole('dialog').getByRole('button', { name: '认定属实' }).click()
    await page.getByText(/一并否决考勤 1 条/).waitFor()
    const found = (await call(page, 'GET', '/radar/findings?kind=longDay')).items[0]
    assert.equal(found.status, 'confirmed')
    const hours = await call(page, 'GET', `/people/${found.people[0].id}/hours?year=2026`)
    assert.equal(hours.creditedMinutes, 540) // 450 of that day stay, and 90 of another
    assert.ok(hours.entries.some((e) => e.reason?.text?.includes('值班表显示当晚在岗')))
    await page.goto('/radar')
    await page.getByText('徐美珍').waitFor({ state: 'detached' })
    await close(page)
  })
})
