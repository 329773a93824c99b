import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { call, close, open, picture, start } from './rig.mjs'

describe('the catalogue', () => {
  let rig
  before(async () => {
    rig = await start()
  })
  after(() => rig?.stop())

  it('publishes a course with its syllabus, by versions, with a file', async () => {
    const page = await open(rig, { user: 'school' })
    await page.goto('/courses')
    await page.getByRole('button', { name: '新增课程' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('课程', { exact: true }).fill('口腔护理与误吸预防')
    await dialog.getByRole('button', { name: '加一个单元' }).click()
    await dialog.getByLabel('单元 1').fill('口腔评估')
    await dialog.getByText('合计 45 分钟，课程共 180 分钟').waitFor()
    await picture(page, 'course-dialog')
    await dialog.getByRole('button', { name: '发布', exact: true }).click()
    await dialog.waitFor({ state: 'hidden' })
    await page.getByPlaceholder('课程名称').fill('口腔护理')
    await page.getByRole('link', { name: '口腔护理与误吸预防' }).click()
    await page.getByText('1. 口腔评估').waitFor()
    await page.getByRole('button', { name: '修改并发布新版' }).click()
    await page.getByRole('dialog').getByLabel('单元 1').fill('口腔评估与清洁')
    await page.getByRole('dialog').getByRole('button', { name: '发布', exact: true }).click()
    await page.getByText('1. 口腔评估与清洁').waitFor()
    await page.getByLabel('上传资料').setInputFiles({
      name: '清洁步骤.pdf',
      mimeType: 'application/pdf',
      buffer: Buffer.from('%PDF-1.7\n'),
    })
    await page.getByRole('link', { name: '清洁步骤.pdf' }).waitFor()
    await page.getByRole('button', { name: /第 3 版/ }).waitFor()
    await page.getByRole('button', { name: /第 1 版/ }).click()
    await page.getByText('这是旧版本，现行为第 3 版').waitFor()
    await page.getByText('1. 口腔评估', { exact: true }).waitFor()
    assert.equal(await page.getByRole('button', { name: '修改并发布新版' }).count(), 0)
    await close(page)
  })

  it('keeps the teachers, and a lesson is given to one of them', async () => {
    const page = await open(rig, { user: 'school' })
    await page.goto('/teachers')
    await page.getByText('资质已过期').waitFor()
    await picture(page, 'teachers')
    await page.getByRole('button', { name: '登记教师' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('姓名').fill('陆敏')
    await dialog.getByRole('button', { name: '加一项资质' }).click()
    await dialog.getByLabel('资质名称').fill('护师')
    await dialog.getByRole('button', { name: '保存' }).click()
    await page.getByRole('button', { name: '陆敏' }).waitFor()
    const all = await call(page, 'GET', '/classes?status=open&limit=100')
    const one = all.items.find((c) => c.title === '吞咽障碍与安全进食')
    await page.goto(`/classes/${one.id}?tab=sessions`)
    await page.getByRole('button', { name: '排课' }).click()
    await page.getByRole('dialog').getByPlaceholder('从师资库选，或直接填写').fill('陆')
    await page.getByRole('option', { name: /陆敏/ }).click()
    await picture(page, 'session-teacher')
    await close(page)
  })

  for (const [width, height] of [
    [1440, 900],
    [390, 844],
  ])
    for (const language of ['zh-CN', 'en'])
      it(`reads at ${width} px in ${language}`, async () => {
        const page = await open(rig, { user: 'admin', width, height, language })
        await page.addInitScript((l) => localStorage.setItem('language', l), language)
        await page.goto('/courses?q=压疮')
        await page.getByRole('link', { name: '压疮预防与体位护理' }).click()
        await page.getByRole('link', { name: '压疮风险评估表.pdf' }).waitFor()
        await picture(page, `course-${width}-${language}`)
        await page.goto('/teachers')
        await page.getByText('周慧').first().waitFor()
        await picture(page, `teachers-${width}-${language}`)
        await close(page)
      })
})
