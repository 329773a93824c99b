import assert from 'node:assert/strict'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { call, close, open, picture, samples, settled, start } from './rig.mjs'

const home = '徐泾镇养护院'
const title = '照护沟通与记录'

/** The list that belongs to a chooser; others may still be on their way out. */
async function listOf(page, field) {
  const id = await field.getByRole('combobox').getAttribute('aria-controls')
  return page.locator(`[id="${id}"]`)
}

/** Chooses in a field that looks up what is typed. */
async function choose(page, field, typed, wanted = typed) {
  await field.click()
  await page.keyboard.type(typed)
  await (await listOf(page, field)).getByRole('option', { name: wanted }).first().click()
}

/** Chooses a time of a list of times. */
async function time(page, field, at) {
  await field.click()
  await (await listOf(page, field)).getByRole('option', { name: at, exact: true }).click()
}

describe('the main job, from the roster to the verifier', () => {
  let rig
  const made = {}
  before(async () => {
    rig = await start()
  })
  after(() => rig?.stop())

  it('the school imports the roster of a home that commissioned it', async () => {
    const page = await open(rig, { user: 'school' })
    await page.goto('/imports/new')
    await page.locator('input[type=file]').setInputFiles(join(samples, 'roster-sample.xlsx'))
    const attempt = page.getByRole('button', { name: '试算，不写入' })
    await page.getByText('请选择这份名单属于哪家养老机构').waitFor()
    assert.equal(await attempt.isDisabled(), true, 'a roster without its home could be sent')
    await choose(page, page.locator('main .el-select').nth(1), '徐泾', home)
    await attempt.click()
    await page.getByText('这是试算结果，还没有写入任何内容。').waitFor()
    for (const row of ['18', '22', '26', '30', '41', '47', '51'])
      await page.locator('details[data-tone=bad] td:first-child', { hasText: new RegExp(`^${row}$`) }).waitFor()
    await page.getByRole('button', { name: '写入 53 行' }).click()
    await page.getByRole('button', { name: '看花名册' }).click()
    await page.getByText('曹霞兰').first().waitFor()
    await close(page)
  })

  it('the school opens a course and a class, and ticks learners off the roster', async () => {
    const page = await open(rig, { user: 'school' })
    await page.goto('/courses')
    await page.getByRole('button', { name: '新增课程' }).click()
    await page.getByRole('dialog').getByLabel('课程').fill(title)
    await page.getByRole('dialog').getByRole('spinbutton').fill('1')
    await page.getByRole('button', { name: '发布' }).click()
    await page.getByText(title).first().waitFor()
    await page.goto('/classes')
    await page.getByRole('button', { name: '开班' }).click()
    await choose(page, page.getByRole('dialog').locator('.el-select').first(), title)
    await page.getByRole('dialog').getByRole('button', { name: '开班' }).click()
    await page.waitForURL(/\/classes\/[0-9a-f-]+/)
    made.classId = /classes\/([0-9a-f-]+)/.exec(page.url())[1]
    await page.getByRole('button', { name: '报名学员' }).click()
    const dialog = page.getByRole('dialog')
    await choose(page, dialog.locator('.el-select').first(), '徐泾', home)
    await dialog.locator('li', { hasText: '曹霞兰' }).getByRole('checkbox').check()
    await dialog.locator('.el-select').first().hover()
    await dialog.locator('.el-select__clear, .el-select__icon').first().click()
    await dialog.getByRole('searchbox').fill('王秀兰')
    await dialog.locator('li', { hasText: '王秀兰' }).getByRole('checkbox').check()
    await dialog.getByRole('button', { name: '报名 2 人' }).click()
    await page.getByRole('cell', { name: '王秀兰', exact: true }).waitFor()
    await page.getByRole('cell', { name: '曹霞兰', exact: true }).waitFor()
    await close(page)
  })

  it('a caregiver checks in with the code that the projector shows, and appears on it', async () => {
    const page = await open(rig, { user: 'school' })
    await page.goto(`/classes/${made.classId}?tab=sessions`)
    await page.getByRole('button', { name: '排课' }).click()
    const dialog = page.getByRole('dialog')
    await time(page, dialog.locator('.pair .el-select').nth(0), '08:30')
    await time(page, dialog.locator('.pair .el-select').nth(1), '10:30')
    await dialog.getByLabel('地点').fill('一楼教室')
    await dialog.getByLabel('教师').fill('周老师')
    await dialog.getByRole('button', { name: '保存' }).click()
    await page.getByText('08:30–10:30').waitFor()
    const { items } = await call(page, 'GET', `/sessions?classId=${made.classId}`)
    made.session = items[0].id

    await page.goto(`/attendance/${made.session}`)
    await page.getByRole('img', { name: '签到二维码' }).waitFor()
    const shown = (await page.locator('.typed b').innerText()).replace(/\s/g, '')
    const phone = await open(rig, { user: 'wangxiulan', width: 390, height: 844 })
    await phone.goto('/m/check-in')
    await phone.getByText(title).first().click()
    await phone.getByLabel('签到码').fill(shown)
    await phone.locator('form').getByRole('button', { name: '签到' }).click()
    await phone.getByText('签到成功').waitFor()
    await page.locator('aside').getByText('王秀兰').waitFor()
    assert.match(await page.locator('.count').innerText(), /^1\b/)
    await close(phone)
    await close(page)
  })

  it('the teacher vouches with a reason, closes the session and completes the class', async () => {
    const page = await open(rig, { user: 'school' })
    await page.goto(`/classes/${made.classId}?tab=sessions`)
    await page.getByRole('button', { name: /考勤/ }).click()
    await page.getByRole('button', { name: '为 王秀兰 登记考勤' }).click()
    const dialog = page.getByRole('dialog')
    const from = dialog.getByRole('combobox').first()
    await from.click()
    await from.fill('08:30')
    await from.press('Enter')
    await dialog.getByLabel('原因').fill('准时到课，扫码晚了')
    await dialog.getByRole('button', { name: '保存' }).click()
    await page.getByText('教师登记').waitFor()
    await page.getByRole('button', { name: '关闭并入账' }).click()
    await page.locator('.el-message-box').getByRole('button', { name: '关闭并入账' }).click()
    await page.getByText('已入账：1 人计入学时').waitFor()
    await page.getByRole('button', { name: '办理结业' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '结业并发证' }).click()
    await page.getByText('1 人结业，证书已签发').waitFor()
    await page.getByText(/出勤0\.00%/).waitFor()
    await page.getByRole('dialog').getByRole('button', { name: '关闭' }).last().click()
    await page.getByRole('tab', { name: '学员' }).click()
    await picture(page, 'class')
    await page.getByRole('link', { name: /证书 →/ }).click()
    await page.getByRole('img', { name: '证书二维码' }).waitFor()
    await page.getByText('王秀兰').first().waitFor()
    const id = /certificates\/([0-9a-f-]+)/.exec(page.url())[1]
    made.certificate = await call(page, 'GET', `/certificates/${id}`)
    await close(page)
  })

  it('the caregiver carries it, and the hours stand on the ring', async () => {
    const page = await open(rig, { user: 'wangxiulan', width: 390, height: 844 })
    await page.goto('/m/')
    await page.getByText(made.certificate.number).waitFor()
    await page.goto('/m/hours')
    await page.getByRole('img', { name: /已有 [1-9][\d.]* 课时，要求 20 课时/ }).waitFor()
    await page.getByText(title).first().waitFor()
    await close(page)
  })

  it('anybody verifies it with the network unplugged', async () => {
    const page = await open(rig, { width: 390, height: 844 })
    await page.goto('/verify')
    await page.evaluate(() =>
      Promise.race([
        navigator.serviceWorker.ready,
        new Promise((_, no) => setTimeout(() => no(new Error('no service worker')), 10_000)),
      ]),
    )
    await page.waitForFunction(
      () => localStorage.getItem('verify/keys') && localStorage.getItem('verify/status-lists/0'),
    )
    await page.context().setOffline(true)
    await page.getByRole('textbox').fill(made.certificate.qrText)
    await page.getByRole('button', { name: '查验', exact: true }).click()
    await page.getByRole('heading', { name: '真实有效' }).waitFor()
    await page.getByText('断网核验').first().waitFor()
    assert.equal(await page.getByText('王秀兰').count(), 0, 'the whole name is told')
    await page.getByRole('button', { name: '再查一张' }).click()
    const [address, payload] = made.certificate.qrText.split('#')
    const altered = `${address}#${payload.slice(0, 60)}${payload[60] === 'A' ? 'B' : 'A'}${payload.slice(61)}`
    await page.getByRole('textbox').fill(altered)
    await page.getByRole('button', { name: '查验', exact: true }).click()
    await page.getByRole('heading', { name: '不是真的' }).waitFor()
    await close(page)
  })

  it('the home sees who is short, and enrols them with one button', async () => {
    const page = await open(rig, { user: 'xujing' })
    await page.goto('/')
    await page.getByRole('heading', { name: /谁缺课时/ }).waitFor()
    await picture(page, 'institution')
    await page.getByRole('button', { name: /给这 \d+ 人报名/ }).click()
    await page.getByRole('dialog').getByRole('button', { name: '报名到班次' }).click()
    await page
      .getByRole('dialog')
      .getByText(/已报名|候补/)
      .first()
      .waitFor()
    await close(page)
  })

  it('the bureau sees the rate, the gap and who is missing, and freezes the figure', async () => {
    const page = await open(rig, { user: 'qingpu' })
    await page.goto('/')
    await page.getByText(/看未持证的 \d+ 人/).click()
    await page.waitForURL(/\/statistics/)
    await page.locator('tbody tr').first().waitFor()
    await page.getByText(home).first().waitFor()
    await page.getByRole('button', { name: '固定为快照' }).click()
    await page.getByRole('button', { name: '重算核对' }).click()
    await page.getByText('重算一致').waitFor()
    await settled(page)
    await page.getByRole('button', { name: '导出表格' }).first().click()
    await page.getByPlaceholder(/操作日志/).fill('核对未持证人员')
    const saved = page.waitForEvent('download')
    await page.getByRole('dialog').getByRole('button', { name: '导出表格' }).click()
    assert.match((await saved).suggestedFilename(), /\.xlsx$/)
    await close(page)
  })

  it('the administrator makes an account, and Esc leaves the dialog', async () => {
    const page = await open(rig, { user: 'admin' })
    await page.goto('/users')
    await page.getByRole('button', { name: '新建账号' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('用户名').waitFor()
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    await page.keyboard.press('/')
    await page.getByRole('dialog').getByRole('searchbox').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'hidden' })
    await close(page)
  })
})
