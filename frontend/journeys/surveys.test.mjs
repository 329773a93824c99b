import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { call, close, open, picture, settled, start } from './rig.mjs'

describe('learners say what they thought of a class', () => {
  let rig
  before(async () => {
    rig = await start()
  })
  after(() => rig?.stop())
  const title = '养老服务沟通与职业礼仪'
  const others = ['liguifang', 'zhangjianguo', 'zhaomeiying', 'sunhaiyan', 'zhouwenjuan']
  let survey

  it('who attended a class are asked once it is completed', async () => {
    const admin = await open(rig, { user: 'admin' })
    const people = await Promise.all(
      ['wangxiulan', ...others].map(async (user) => {
        const phone = await open(rig, { user })
        const own = await call(phone, 'GET', '/sessions/current')
        await close(phone)
        return own.user.personId
      }),
    )
    const school = (await call(admin, 'GET', '/organizations?kind=trainingSchool&q=香格里拉')).items[0].id
    const course = await call(admin, 'POST', '/courses', {
      title,
      category: 'continuingEducation',
      classHours: 4,
      mode: 'classroom',
      countsTowardInService: false,
    })
    const held = await call(admin, 'POST', '/classes', {
      courseId: course.id,
      providerId: school,
      organiserTier: 'institution',
      startsOn: '2026-06-16',
      endsOn: '2026-06-16',
      capacity: 20,
    })
    const session = await call(admin, 'POST', `/classes/${held.id}/sessions`, {
      startsAt: '2026-06-16T09:00:00+08:00',
      endsAt: '2026-06-16T12:00:00+08:00',
      minutes: 180,
      venue: '201 教室',
      teacher: '周敏',
    })
    await call(admin, 'POST', `/classes/${held.id}/enrolments`, { personIds: people })
    for (const p of people)
      await call(admin, 'PUT', `/sessions/${session.id}/attendance/${p}`, {
        checkedInAt: '2026-06-16T09:00:00+08:00',
        checkedOutAt: '2026-06-16T12:00:00+08:00',
        reason: '签到设备故障',
      })
    await call(admin, 'POST', `/sessions/${session.id}/close`, {})
    await call(admin, 'POST', `/classes/${held.id}/complete`, {})
    survey = held.id
    for (const [n, user] of others.entries()) {
      const phone = await open(rig, { user })
      await call(phone, 'PUT', `/own-surveys/${survey}/answers`, {
        answers: {
          overall: String(3 + (n % 3)),
          content: '4',
          teacher: '5',
          practice: String(2 + (n % 3)),
          organisation: '4',
          held: n ? 'heldAsPlanned' : 'heldShorter',
          remark: n ? '' : '希望多一些实操练习。',
        },
      })
      await close(phone)
    }
    await close(admin)
  })

  it('on the phone: told that nobody learns who said what, asked for what is missing, once', async () => {
    const phone = await open(rig, { user: 'wangxiulan', width: 390, height: 844 })
    await phone.goto('/m/')
    await phone
      .getByRole('link', { name: /请评价/ })
      .first()
      .waitFor()
    await settled(phone)
    await picture(phone, 'phone-survey-asks')
    const before = await phone.getByRole('link', { name: /请评价/ }).count()
    await phone
      .getByRole('link', { name: /请评价/ })
      .first()
      .click()
    await phone.getByText('不记您填了什么').waitFor()
    assert.equal(await phone.getByRole('heading', { level: 1 }).innerText(), title)
    await phone.getByRole('radio', { name: '很满意' }).first().check()
    await settled(phone)
    await picture(phone, 'phone-survey')
    await phone.getByRole('button', { name: '提交' }).click()
    await phone.getByText('请选择一项。').first().waitFor()
    await picture(phone, 'phone-survey-missing')
    for (const group of await phone.getByRole('group').all()) await group.getByRole('radio').nth(1).check()
    await phone.getByRole('textbox').fill('老师讲得很清楚')
    await phone.getByRole('button', { name: '提交' }).click()
    await phone.getByText('已填写').first().waitFor()
    await picture(phone, 'phone-surveys')
    await phone.goto('/m/')
    await phone
      .getByRole('link', { name: /证书|合格/ })
      .first()
      .waitFor()
    await settled(phone)
    assert.equal(await phone.getByRole('link', { name: /请评价/ }).count(), before - 1)
    await close(phone)
  })

  it('in the office: how many answered, and nothing else before the end', async () => {
    const page = await open(rig, { user: 'school' })
    await page.goto('/surveys')
    await page
      .getByRole('row', { name: new RegExp(title) })
      .first()
      .waitFor()
    await settled(page)
    await picture(page, 'surveys')
    await page.getByRole('link', { name: title }).first().click()
    await page.getByText('问卷还在进行').waitFor()
    await page.getByText('进行中').waitFor()
    await picture(page, 'survey-open')
    assert.equal(await page.getByText('老师讲得很清楚').count(), 0)
    await close(page)
  })

  it('in the office after the end: the spread, the words, the totals', async () => {
    // The same data two weeks later.
    await rig.later('2026-07-06T00:40:00Z')
    const page = await open(rig, { user: 'school' })
    await page.goto(`/surveys/${survey}`)
    await page.getByText('老师讲得很清楚').waitFor()
    await page.getByRole('heading', { name: '各题答复' }).waitFor()
    await page.locator('svg').first().waitFor()
    await settled(page)
    await picture(page, 'survey-told')
    await page.goto('/surveys/totals?asOf=2026-07-06')
    // What closed is added up within a minute; the page says what will stand there.
    await page.getByRole('row', { name: /学校/ }).or(page.getByText('这一年还没有可汇总的问卷')).first().waitFor()
    await picture(page, 'survey-totals')
    await close(page)
    const english = await open(rig, { user: 'qingpu', width: 390, height: 844, language: 'en' })
    await english.addInitScript(() => localStorage.setItem('language', 'en'))
    await english.goto(`/surveys/${survey}`)
    await english.getByRole('heading', { name: 'Answers by question' }).waitFor()
    await settled(english)
    await picture(english, 'survey-told-390-en')
    await close(english)
  })
})
