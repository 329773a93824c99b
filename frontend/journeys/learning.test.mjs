import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { call, close, open, picture, start } from './rig.mjs'

const phone = { width: 390, height: 844 }

/** A player that plays by itself: the demo's video is on no server. */
function player() {
  const of = new WeakMap()
  const state = (v) => of.get(v) ?? of.set(v, { at: 0, since: 0 }).get(v)
  const proto = HTMLMediaElement.prototype
  const now = (s) => s.at + (s.since ? (performance.now() - s.since) / 1000 : 0)
  Object.defineProperty(proto, 'currentTime', {
    get() {
      return now(state(this))
    },
    set(t) {
      const s = state(this)
      s.at = t
      if (s.since) s.since = performance.now()
    },
  })
  Object.defineProperty(proto, 'paused', {
    get() {
      return !state(this).since
    },
  })
  proto.play = function () {
    const s = state(this)
    if (!s.since) {
      s.since = performance.now()
      this.dispatchEvent(new Event('play'))
    }
    return Promise.resolve()
  }
  proto.pause = function () {
    const s = state(this)
    if (s.since) {
      s.at = now(s)
      s.since = 0
      this.dispatchEvent(new Event('pause'))
    }
  }
}

describe('what is learned outside class rooms', () => {
  let rig
  before(async () => {
    rig = await start()
  })
  after(() => rig?.stop())

  it('is watched on the phone: time counts, a question is answered, another device takes over', async () => {
    const page = await open(rig, { user: 'wuxiaohong', ...phone })
    await page.addInitScript(player)
    const answers = []
    let asked = false
    await page.route('**/learning/*/beats', async (route) => {
      const answer = route.request().postDataJSON().answer
      if (answer) answers.push(answer)
      const real = await route.fetch()
      const now = await real.json()
      // The server asks after some minutes; here it is made to seem to ask at once.
      if (asked && !answers.length)
        now.prompt = {
          text: '请点一下：水杯',
          choices: [
            { key: 'cane', text: '拐杖' },
            { key: 'cup', text: '水杯' },
            { key: 'towel', text: '毛巾' },
          ],
          secondsLeft: 60,
        }
      await route.fulfill({ response: real, json: now })
    })
    await page.goto('/m/classes')
    await page.getByRole('link', { name: '去学习' }).click()
    await page.getByRole('heading', { name: '吞咽障碍与安全进食', level: 1 }).waitFor()
    await picture(page, 'phone-learning-start')
    await page.getByRole('button', { name: '开始学习' }).click()
    await page.getByText('正在计时').waitFor()
    await page.waitForTimeout(3_000)
    asked = true
    await page.waitForTimeout(15_000) // the next sign of life; the server's clock is the one that counts
    await page.getByRole('alertdialog').waitFor()
    await picture(page, 'phone-learning-question')
    await page.getByRole('button', { name: '水杯' }).click()
    await page.getByRole('alertdialog').waitFor({ state: 'detached' })
    assert.deepEqual(answers, ['cup'])
    await page.evaluate(() => document.querySelector('video').pause())
    await page.getByText(/^0:0[2-9]$|^0:[1-5]\d$/).waitFor()

    const other = await open(rig, { user: 'wuxiaohong', ...phone, language: 'en' })
    await other.addInitScript(player)
    await other.addInitScript(() => localStorage.setItem('language', 'en'))
    await other.goto(new URL(page.url()).pathname)
    await other.getByRole('button', { name: 'Start learning' }).click()
    await other.getByText('Counting').waitFor()
    await picture(other, 'phone-learning-en')
    await page.evaluate(() => document.querySelector('video').play())
    await page.getByText('已在别处继续学习').waitFor()
    await picture(page, 'phone-learning-taken')
    await close(other)
    await close(page)
  })

  it('shows its evidence in the office', async () => {
    const page = await open(rig, { user: 'school' })
    const all = await call(page, 'GET', '/classes?status=open&limit=100')
    const one = all.items.find((c) => c.title === '吞咽障碍与安全进食' && c.capacity === 20)
    await page.goto(`/classes/${one.id}?tab=sessions`)
    await page.getByText('吞咽障碍识别与进食体位（示例链接）').waitFor()
    await page.getByRole('button', { name: /^考勤/ }).click()
    await page.getByRole('button', { name: '学习证据' }).first().click()
    await page.getByText('观看时段').waitFor()
    await picture(page, 'learning-evidence')
    await page.keyboard.press('Escape')
    await page.setViewportSize({ width: 390, height: 844 })
    await picture(page, 'learning-office-phone')
    await close(page)
  })

  it('is practised under a mentor: two people say so', async () => {
    const page = await open(rig, { user: 'zhaomeiying', ...phone })
    await page.goto('/m/logbook')
    await page.getByText('卧床老人转运演练').waitFor()
    await picture(page, 'phone-logbook')
    await page.getByRole('button', { name: '确认属实' }).click()
    await page.getByRole('button', { name: '确认属实' }).waitFor({ state: 'detached' })
    await page.getByText('那天下午我在值班，没有参加').waitFor()
    // Her own entry, by a standard of the catalogue and in words: the mentor's side confirms it.
    await page.getByRole('button', { name: '填写带教记录' }).click()
    await page.getByLabel('从').fill('11:00')
    await page.getByLabel('到', { exact: true }).fill('11:30')
    await page.getByLabel('对应标准').selectOption({ label: '养老机构服务安全基本规范' })
    await page.getByLabel('带教内容').fill('疏散通道巡查')
    await picture(page, 'phone-logbook-write')
    await page.getByRole('button', { name: '提交' }).click()
    await page.getByText('GB 38600—2019 · 疏散通道巡查').waitFor()
    await close(page)

    const office = await open(rig, { user: 'school' })
    const all = await call(office, 'GET', '/classes?status=open&limit=100')
    const one = all.items.find((c) => c.title === '消防演练与应急处置' && c.capacity === 20)
    await office.goto(`/classes/${one.id}?tab=sessions`)
    await office.getByText('有异议').first().waitFor()
    assert.equal(await office.getByText('已确认').count(), 2)
    const own = office.getByRole('listitem').filter({ hasText: 'GB 38600—2019 · 疏散通道巡查' }).last()
    await own.getByRole('button', { name: '确认属实' }).click()
    await own.getByText('已确认').waitFor()
    await office.getByRole('button', { name: '填写带教记录' }).first().click()
    await office.getByRole('dialog').getByLabel('对应标准').click()
    await office.getByRole('option', { name: /养老机构设施与服务要求/ }).click()
    await picture(office, 'logbook-write')
    await office.keyboard.press('Escape')
    await office.getByRole('dialog').waitFor({ state: 'hidden' })
    await picture(office, 'logbook')
    const sessions = await call(office, 'GET', `/sessions?classId=${one.id}`)
    await call(office, 'POST', `/sessions/${sessions.items[0].id}/close`, {})
    await office.setViewportSize({ width: 390, height: 844 })
    await picture(office, 'logbook-phone')
    await close(office)

    const hours = await open(rig, { user: 'zhaomeiying', ...phone })
    await hours.goto('/m/hours')
    await hours.getByText('岗位培训').first().waitFor()
    await picture(hours, 'phone-hours-modes')
    const me = hours.session.user.personId ?? (await call(hours, 'GET', '/sessions/current')).user.personId
    await close(hours)
    const qingpu = await open(rig, { user: 'qingpu' })
    await qingpu.goto(`/hours/${me}`)
    await qingpu.getByText('（270 分钟）').first().waitFor()
    await picture(qingpu, 'hours-modes')
    await qingpu.setViewportSize({ width: 390, height: 844 })
    await picture(qingpu, 'hours-modes-phone')
    await close(qingpu)
  })
})
