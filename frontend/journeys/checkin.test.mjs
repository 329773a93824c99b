import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { call, close, now, open, start } from './rig.mjs'

const title = '断网也能签到的课'
const sheet = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAoAAAAKCAIAAAACUFjqAAAAEklEQVR42mP4z8CAB+GTG8HSALfKY52fTcuYAAAAAElFTkSuQmCC',
  'base64',
)

/** Puts another learner's session on a phone, as they would by signing in. */
async function signIn(phone, username) {
  const answer = await phone
    .context()
    .request.post('/api/v1/sessions', { data: { username, password: 'carecert-demo' } })
  assert.equal(answer.status(), 201)
  phone.session = await answer.json()
}

describe('checking in that cannot be faked', () => {
  let rig
  const made = {}
  before(async () => {
    rig = await start()
  })
  after(() => rig?.stop())

  it('a learner opens the page on their phone, which is known from then on', async () => {
    const phone = await open(rig, { user: 'wangxiulan', width: 390, height: 844 })
    made.phone = phone
    await phone.goto('/m/devices')
    await phone.getByText('本机').waitFor()
    await phone.evaluate(() => navigator.serviceWorker.ready)

    const school = await open(rig, { user: 'school' })
    const me = phone.session.user.personId
    const other = await open(rig, { user: 'liguifang' }).then(async (p) => {
      const id = p.session.user.personId
      await close(p)
      return id
    })
    const office = await open(rig, { user: 'dianshanhu' })
    const staff = (await call(office, 'GET', '/people?limit=20')).items
    made.paper = staff.find((p) => p.kinds.includes('caregiver') && ![me, other].includes(p.id))
    await close(office)
    const course = await call(school, 'POST', '/courses', {
      title,
      category: 'inService',
      classHours: 2,
      mode: 'classroom',
      countsTowardInService: true,
    })
    const { providerId } = (await call(school, 'GET', '/classes?limit=1')).items[0]
    const day = now(rig).toISOString().slice(0, 10)
    const one = await call(school, 'POST', '/classes', {
      courseId: course.id,
      providerId,
      organiserTier: 'institution',
      startsOn: day,
      endsOn: day,
      capacity: 20,
    })
    made.classId = one.id
    made.session = await call(school, 'POST', `/classes/${one.id}/sessions`, {
      startsAt: new Date(+now(rig) + 20_000).toISOString(),
      endsAt: new Date(+now(rig) + 5_400_000).toISOString(),
      minutes: 80,
      venue: '地下一层',
      teacher: '周老师',
    })
    const { outcomes } = await call(school, 'POST', `/classes/${one.id}/enrolments`, {
      personIds: [me, other, made.paper.id],
    })
    assert.deepEqual(
      outcomes.map((o) => o.outcome),
      ['enrolled', 'enrolled', 'enrolled'],
    )
    await close(school)
  })

  it('scans without a network, and the phone keeps it over a reload', async () => {
    const school = await open(rig, { user: 'school' })
    const code = await call(school, 'GET', `/sessions/${made.session.id}/check-in-code`)
    made.until = Date.parse(code.expiresAt)
    await close(school)
    const { phone } = made
    await phone.goto('/m/check-in')
    await phone.getByText(title).first().waitFor()
    await phone.context().setOffline(true)
    await phone.goto(`/m/check-in?code=${encodeURIComponent(code.qrText)}`)
    await phone.getByRole('button', { name: '确认签到' }).click()
    await phone.getByText('已保存，等网络恢复后自动提交').waitFor()
    await phone.goto('/m/check-in')
    await phone.getByText('等网络恢复').waitFor()
    await phone.getByText(title).first().waitFor()
  })

  it('the network comes back after the code has gone: it is sent, and waits for the teacher', async () => {
    const { phone } = made
    await new Promise((r) => setTimeout(r, Math.max(0, made.until - now(rig)) + 1500))
    await phone.context().setOffline(false)
    await phone.getByText(/已提交，.*待老师确认/).waitFor({ timeout: 30_000 })
    await phone.getByRole('button', { name: '知道了' }).click()
    await phone.getByText('已提交').waitFor({ state: 'detached' })
  })

  it('somebody else on that phone is refused', async () => {
    const { phone } = made
    const school = await open(rig, { user: 'school' })
    const { qrText } = await call(school, 'GET', `/sessions/${made.session.id}/check-in-code`)
    await close(school)
    await signIn(phone, 'liguifang')
    await phone.goto(`/m/check-in?code=${encodeURIComponent(qrText)}`)
    await phone.getByRole('button', { name: '确认签到' }).click()
    await phone.getByRole('alert').getByText('这部手机本节课已为另一位学员签到').waitFor()
    await close(phone)
  })

  it('the teacher sees it apart, confirms it, and enters who signed on paper', async () => {
    const page = await open(rig, { user: 'school' })
    await page.goto(`/attendance/${made.session.id}`)
    await page.getByRole('heading', { name: '待教师确认 1 人' }).waitFor()
    await page.locator('.waits').getByText('王秀兰').waitFor()

    await page.goto(`/classes/${made.classId}?tab=sessions`)
    await page.getByRole('button', { name: /考勤/ }).click()
    await page.getByText('断网时扫的码，待教师确认').waitFor()
    await page.getByRole('button', { name: '确认 1 人的扫码' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '确认 1 人的扫码' }).click()
    await page.getByText('核对过，本人在教室').first().waitFor()

    await page.getByLabel('上传照片或 PDF').setInputFiles({ name: '签到表.png', mimeType: 'image/png', buffer: sheet })
    await page.getByRole('button', { name: '签到表.png' }).waitFor()
    await page.getByRole('button', { name: '登记其余 2 人' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText(made.paper.name, { exact: true }).click()
    await dialog.getByRole('button', { name: '登记 1 人' }).click()
    await page.getByText('没有手机，在签到表上签名').first().waitFor()
    await page.getByRole('button', { name: '为 1 人签退' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '为 1 人签退' }).click()
    await page.getByText('下课统一签退').first().waitFor()
    await close(page)
  })

  it('the home looks at the sheet and refuses', async () => {
    const page = await open(rig, { user: 'dianshanhu' })
    await page.goto(`/classes/${made.classId}?tab=sessions`)
    await page.getByRole('button', { name: /考勤/ }).click()
    const row = page.getByRole('row', { name: made.paper.name })
    await row.getByRole('button', { name: '否决' }).click()
    const dialog = page.getByRole('dialog', { name: '否决' })
    await dialog.getByRole('button', { name: '签到表.png' }).click()
    await page.getByRole('img', { name: '签到表.png' }).waitFor()
    await page.keyboard.press('Escape')
    await dialog.getByRole('textbox').fill('当天在院值班')
    await dialog.getByRole('button', { name: '否决' }).click()
    await page.getByText('已否决：当天在院值班').waitFor()
    await close(page)
  })
})
