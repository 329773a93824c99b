import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { call, close, open, picture, start } from './rig.mjs'

describe('an assessment body issues levels', () => {
  let rig
  before(async () => {
    rig = await start()
  })
  after(() => rig?.stop())
  const issue = async (page, { name, idNumber }) => {
    await page.getByRole('button', { name: '签发证书' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.locator('[name=name]').fill(name)
    await dialog.locator('[name=idNumber]').fill(idNumber)
    await dialog.getByRole('button', { name: '签发', exact: true }).click()
    return dialog
  }

  it('issues one by name and number, which the public page calls genuine', async () => {
    const page = await open(rig, { user: 'assessor' })
    await page.goto('/')
    await page.waitForURL('**/certificates/levels')
    await page.getByText('S000031000012', { exact: true }).waitFor()
    await page.locator('tr.openable').nth(1).waitFor()
    assert.equal(await page.locator('tr.openable').count(), 2, 'the demo has issued two')
    await picture(page, 'level-desk')

    let dialog = await issue(page, { name: '李秀兰', idNumber: '310118198506150021' })
    await dialog.locator('.el-form-item__error').first().waitFor()
    assert.match(await dialog.locator('.el-form-item__error').first().textContent(), /没有|范围/)
    await dialog.locator('[name=name]').fill('王秀兰')
    await dialog.getByText('S000031000012265000003').waitFor()
    await picture(page, 'level-issue')
    await dialog.getByRole('button', { name: '签发', exact: true }).click()
    await dialog.getByText('已向王秀兰签发，编号').waitFor()
    await dialog.getByText('S000031000012265000003').waitFor()
    await dialog.getByRole('button', { name: '打开证书' }).click()
    await page.getByRole('heading', { name: '养老护理员' }).waitFor()
    const id = new URL(page.url()).pathname.split('/').at(-1)
    const made = await call(page, 'GET', `/certificates/${id}`)
    assert.equal(made.number, 'S000031000012265000003')
    await page.getByRole('button', { name: '换发' }).waitFor()
    await page.getByRole('button', { name: '撤销' }).waitFor()
    const print = await page.context().request.get(`/api/v1/certificates/${id}/certificate.pdf`)
    assert.equal(print.headers()['content-type'], 'application/pdf')

    await page.goto(`/v/${made.publicCode}#${made.qrText.split('#')[1]}`)
    await page.locator('main[data-verdict=genuine]').waitFor()
    await close(page)
  })

  it('issues several from a list', async () => {
    const page = await open(rig, { user: 'assessor' })
    await page.goto('/certificates/levels')
    await page.getByRole('button', { name: '按名单签发' }).click()
    const rows = [
      '姓名,证件号码,等级,发证日期',
      '李桂芳,310118197903080042,四级/中级工,2026-06-17',
      '没有的人,310118197903080020,四级/中级工,2026-06-17',
    ]
    await page.getByText('下载等级证书签发名单模板').first().waitFor()
    await page.locator('input[type=file]').setInputFiles({
      name: '认定结果.csv',
      mimeType: 'text/csv',
      buffer: Buffer.from(`\ufeff${rows.join('\n')}`),
    })
    await page.getByRole('button', { name: '试算，不写入' }).click()

    await page.getByText('没有这名人员').first().waitFor({ timeout: 30_000 })
    await picture(page, 'level-import')
    await page.getByRole('button', { name: /^写入/ }).click()
    await page.getByRole('button', { name: '看等级证书签发名单' }).click({ timeout: 30_000 })
    await page.getByText('S000031000012264000004').waitFor()
    await page.getByRole('link', { name: '李桂芳' }).waitFor()
    await close(page)
  })

  it('takes them out as one ZIP of PDFs', async () => {
    const page = await open(rig, { user: 'assessor' })
    await page.goto('/certificates/levels')
    await page.locator('tr.openable').first().waitFor()
    await page.getByRole('button', { name: '打包证书 PDF' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('textbox').fill('本季度存档')
    await dialog.getByRole('button', { name: '开始打包' }).click()
    await page.waitForURL('**/certificates/bundles')
    await page.locator('[data-state=done]').getByText('本季度存档').waitFor({ timeout: 60_000 })
    await picture(page, 'certificate-bundles')
    const [zip] = await Promise.all([page.waitForEvent('download'), page.getByText('下载压缩包').click()])
    assert.match(zip.suggestedFilename(), /^证书 2026-06-18\.zip$/)
    const raw = await readFile(await zip.path())
    const total = (await call(page, 'GET', '/certificates/bundles')).items[0].total
    assert.ok(total >= 2)
    assert.equal(raw.toString('latin1').split('%PDF-').length - 1, total, 'a PDF for each certificate')
    await close(page)
  })

  it('is refused with words past its validity, and nobody else sees the page', async () => {
    const ended = await open(rig, { user: 'assessor2' })
    await ended.goto('/certificates/levels')
    await ended.getByText('不在有效期内').waitFor()
    await ended
      .getByText(/备案|有效期/)
      .first()
      .waitFor()
    assert.ok(await ended.getByRole('button', { name: '签发证书' }).isDisabled())
    await picture(ended, 'level-ended')
    const bodyId = (await call(ended, 'GET', '/sessions/current')).user.grants[0].organizationId
    await assert.rejects(
      call(ended, 'POST', '/certificates/skill-levels', {
        bodyId,
        name: '王秀兰',
        idNumber: '310118198506150021',
        level: 4,
      }),
      /409/,
    )
    await close(ended)
    const school = await open(rig, { user: 'school' })
    await school.goto('/certificates/levels')
    await school.getByText('没有权限').first().waitFor()
    assert.equal(await school.getByRole('link', { name: '签发等级证书' }).count(), 0)
    await close(school)
  })
})
