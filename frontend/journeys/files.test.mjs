import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { call, close, open, picture, start } from './rig.mjs'

/** Takes a file out, for a reason that is logged, and gives its first bytes. */
async function taken(page, kind) {
  await page.getByRole('button', { name: '导出表格' }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog
    .getByText(kind === 'pdf' ? 'PDF（打印存档）' : 'Excel 表格', { exact: false })
    .first()
    .click()
  await dialog.getByRole('textbox').fill('年度检查存档')
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: '导出表格' }).click(),
  ])
  await dialog.waitFor({ state: 'hidden' })
  return {
    name: download.suggestedFilename(),
    head: (await readFile(await download.path())).subarray(0, 4).toString('latin1'),
  }
}

describe('the training file', () => {
  let rig, learner
  before(async () => {
    rig = await start()
  })
  after(() => rig?.stop())

  it('of a class: its sessions and learners, to print and as a workbook', async () => {
    const page = await open(rig, { user: 'school' })
    const done = (await call(page, 'GET', '/classes?status=completed&limit=10')).items
    const one = done.find((c) => c.enrolled > 1) ?? done[0]
    await page.goto(`/classes/${one.id}`)
    await page.getByRole('button', { name: '培训档案' }).click()
    await page.getByRole('heading', { name: `${one.title}的培训档案` }).waitFor()
    await page.getByRole('columnheader', { name: '来源凭证' }).waitFor()
    await picture(page, 'file-class')
    const pdf = await taken(page, 'pdf')
    assert.match(pdf.name, /\.pdf$/)
    assert.equal(pdf.head, '%PDF')
    const book = await taken(page, 'xlsx')
    assert.match(book.name, /\.xlsx$/)
    assert.equal(book.head.slice(0, 2), 'PK')
    const file = await call(page, 'GET', `/classes/${one.id}/training-file`)
    learner = file.learners.find((l) => l.attended > 0)
    await page.getByRole('link', { name: learner.name }).first().click()
    await page.getByRole('heading', { name: `${learner.name}的培训档案` }).waitFor()
    await close(page)
  })

  it('of a person: every line says what it comes from', async () => {
    const page = await open(rig, { user: 'school' })
    const file = await call(page, 'GET', `/people/${learner.personId}/training-file`)
    assert.ok(file.lines.length > 0 && file.lines.every((l) => l.documents.length > 0))
    await page.goto(`/people/${learner.personId}/training-file`)
    await page.getByText(file.lines[0].documents[0].text).first().waitFor()
    await picture(page, 'file-person')
    assert.equal((await taken(page, 'pdf')).head, '%PDF')
    assert.equal((await taken(page, 'xlsx')).head.slice(0, 2), 'PK')
    await page.setViewportSize({ width: 390, height: 844 })
    await picture(page, 'file-person-narrow')
    await close(page)

    // Who took it out, and what for, stands in the log.
    const auditor = await open(rig, { user: 'auditor' })
    const rows = (await call(auditor, 'GET', '/audit?noun=trainingFile&limit=10')).items
    assert.equal(rows.filter((r) => r.verb === 'export' && r.reason === '年度检查存档').length, 4)
    await close(auditor)
  })

  it('of oneself, on the phone and in both languages', async () => {
    const page = await open(rig, { user: 'zhaomeiying', width: 390, height: 844 })
    await page.goto('/m/training-file')
    await page.getByRole('heading', { name: '我的培训档案' }).waitFor()
    await picture(page, 'phone-file')
    await close(page)
    const english = await open(rig, { user: 'school' })
    await english.goto('/')
    await english.evaluate(() => localStorage.setItem('language', 'en'))
    await english.goto(`/people/${learner.personId}/training-file`)
    await english.getByRole('columnheader', { name: 'Source document' }).waitFor()
    await close(english)
  })
})
