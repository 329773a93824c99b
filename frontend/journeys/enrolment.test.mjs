import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { call, close, open, picture, settled, start } from './rig.mjs'

const sizes = [
  [1440, 900],
  [390, 844],
]

describe('a seat in a class', () => {
  let rig
  let full
  before(async () => {
    rig = await start()
    const page = await open(rig, { user: 'school' })
    const all = await call(page, 'GET', '/classes?status=open&limit=100')
    full = all.items.find((c) => c.capacity === 3)
    await close(page)
  })
  after(() => rig?.stop())

  it('is waited for: the phone tells the place, and who moved up', async () => {
    const waits = await open(rig, { user: 'ayiguli', width: 390, height: 844 })
    await waits.goto('/m/classes')
    await waits.getByText('候补第 1 位').waitFor()
    await picture(waits, 'phone-waiting')
    await close(waits)
    const up = await open(rig, { user: 'yuzhen', width: 390, height: 844 })
    await up.goto('/m/classes')
    await up.getByText(/由候补补上/).waitFor()
    await up.getByText('带教师资与照护方案制定').waitFor() // level 3: the higher course is hers
    await up
      .getByText(/应由其他层级单位组织/)
      .first()
      .waitFor() // the institution's class is not for level 3
    await close(up)
  })

  it('is told on the phone, once, and read with a touch', async () => {
    const page = await open(rig, { user: 'yuzhen', width: 390, height: 844 })
    await page.goto('/m/me')
    await page.getByLabel(/条未读消息/).waitFor()
    await page.getByRole('link', { name: /^消息/ }).click()
    const up = page.getByRole('button', { name: /未读.*候补成功/ })
    await up.first().waitFor()
    assert.equal(await up.count(), 1)
    await picture(page, 'phone-messages')
    await up.click()
    await page.getByRole('heading', { name: '我的班次' }).waitFor()
    await page.goBack()
    await page.getByRole('button', { name: /候补成功/ }).waitFor()
    await up.waitFor({ state: 'detached' })
    await page.getByRole('button', { name: '全部已读' }).click()
    await page.getByRole('button', { name: '全部已读' }).waitFor({ state: 'detached' })
    assert.equal(await page.getByLabel(/条未读消息/).count(), 0)
    await close(page)
  })

  it('is taken in spite of another session, and given back with a reason', async () => {
    const page = await open(rig, { user: 'wangxiulan', width: 390, height: 844 })
    await page.goto('/m/classes')
    await page
      .getByText(/与《压疮预防与体位护理》.*时间冲突/)
      .first()
      .waitFor()
    assert.equal(await page.getByText('带教师资与照护方案制定').count(), 0)
    await picture(page, 'phone-classes')
    const card = page.locator('section.card', {
      has: page.getByRole('heading', { name: '养老机构消防安全与应急疏散' }),
    })
    await card.getByRole('button', { name: '报这个班' }).click()
    await page.getByRole('button', { name: '仍要报名' }).click()
    await card.getByText('已报名').waitFor()
    await card.getByRole('button', { name: '退班' }).click()
    await page.getByPlaceholder('例如：当天值班').fill('当天值夜班')
    await picture(page, 'phone-leave')
    await page.getByRole('button', { name: '确定退出' }).click()
    await card.getByRole('button', { name: '报这个班' }).waitFor()
    await page
      .getByText(/退班已于 .* 截止/)
      .first()
      .waitFor() // of the class that meets today
    await close(page)
  })

  for (const [width, height] of sizes)
    it(`is on the roster with its place and its clash, at ${width} px`, async () => {
      const page = await open(rig, { user: 'school', width, height })
      await page.goto(`/classes/${full.id}`)
      await page.getByText('候补第 1 位').first().waitFor()
      await page.getByText('已退出 1 人').click()
      await page.getByText('当天值班').waitFor()
      await picture(page, `roster-${width}`)
      await close(page)
    })

  it('is passed on to a colleague by the school', async () => {
    const page = await open(rig, { user: 'school' })
    await page.goto(`/classes/${full.id}`)
    await page.getByRole('button', { name: '换人 何桂英' }).click()
    const dialog = page.getByRole('dialog', { name: /换给同事/ })
    await dialog.getByRole('combobox').first().fill('冯丽')
    await page.getByRole('option', { name: /冯丽/ }).click()
    await picture(page, 'roster-swap')
    await dialog.getByRole('button', { name: '换人', exact: true }).click()
    await page.getByText('已退出 1 人').click()
    await page.getByText('名额换给 冯丽').waitFor()
    const roster = await call(page, 'GET', `/classes/${full.id}/roster`)
    assert.deepEqual(
      roster.items.map((l) => [l.name, l.state, l.place ?? 0]),
      [
        ['冯丽', 'enrolled', 0],
        ['吴小红', 'enrolled', 0],
        ['𬍛玉珍', 'enrolled', 0],
        ['阿依古丽·买买提', 'waitlisted', 1],
      ],
    )
    await close(page)
  })

  for (const [width, height] of sizes)
    it(`is one click away for who is short of hours, at ${width} px`, async () => {
      const page = await open(rig, { user: 'dianshanhu', width, height })
      await page.goto('/hours')
      await settled(page)
      for (const box of (await page.getByRole('checkbox').all()).slice(1, 5)) await box.check({ force: true })
      await page.getByRole('button', { name: '报名到班次' }).click()
      await page.getByText('最合适').waitFor()
      await picture(page, `enrol-best-${width}`)
      if (width > 500) {
        await page.getByRole('dialog').getByRole('button', { name: '报名到班次' }).click()
        await page
          .getByRole('dialog')
          .getByText(/已报名 \d 人|原已报名/)
          .first()
          .waitFor()
        await picture(page, 'enrol-outcome')
      }
      await close(page)
    })

  it('stands in the calendar of the phone, until its address is ended', async () => {
    const page = await open(rig, { user: 'wangxiulan', width: 390, height: 844 })
    await page.goto('/m/classes')
    await page.getByText('订阅日历').click()
    await page.getByRole('button', { name: '生成日历地址' }).click()
    const url = await page.locator('.url').textContent()
    await picture(page, 'phone-calendar')
    const read = () => rig.browser.newContext().then((c) => c.request.get(url.trim()))
    const answer = await read()
    assert.match(answer.headers()['content-type'], /text\/calendar/)
    assert.match(await answer.text(), /SUMMARY:压疮预防与体位护理/)
    await page.getByRole('button', { name: '停用' }).click()
    await page.locator('.van-dialog').getByRole('button', { name: '停用' }).click()
    await page.locator('#app').getByRole('button', { name: '停用' }).waitFor({ state: 'detached' })
    assert.equal((await read()).status(), 404)
    await close(page)
  })

  it('reads in English too', async () => {
    const page = await open(rig, { user: 'ayiguli', width: 390, height: 844, language: 'en' })
    await page.addInitScript(() => localStorage.setItem('language', 'en'))
    await page.goto('/m/classes')
    await page.getByText(/Number 1 on the waiting list/).waitFor()
    await picture(page, 'phone-waiting-en')
    await close(page)
  })
})
