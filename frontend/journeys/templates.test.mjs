import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { call, close, open, picture, settled, start } from './rig.mjs'

describe('certificate templates', () => {
  let rig
  before(async () => {
    rig = await start()
  })
  after(() => rig?.stop())

  it('lets a school draw its own: by keyboard and mouse, with undo, checked, previewed, published', async () => {
    const page = await open(rig, { user: 'haiyue' })
    await page.goto('/certificates/templates')
    await page.getByText('培训合格证书', { exact: true }).first().waitFor()
    await picture(page, 'templates')
    await page.locator('[data-family=honour]').getByRole('button', { name: '建立本机构的模板' }).click()
    await page.waitForURL(/honour/)
    const id = decodeURIComponent(new URL(page.url()).pathname.split('/').at(-1))
    const draft = async () => (await call(page, 'GET', `/certificate-templates/${encodeURIComponent(id)}`)).draft
    const of = async (name) => (await draft()).elements.find((e) => e.id === name)

    const title = page.locator('[data-id=subtitle]')
    await title.focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Shift+ArrowRight')
    await page.keyboard.press('Control+z')
    await page.getByRole('button', { name: '保存草稿' }).click()
    await page.getByText('草稿已保存').waitFor()
    let moved = await of('subtitle')
    assert.deepEqual([moved.x, moved.y], [35.28, 49.88], 'the last step is taken back')

    await title.focus()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Alt+ArrowDown')
    await page.getByRole('button', { name: '保存草稿' }).click()
    await page.getByText('草稿已保存').waitFor()
    moved = await of('subtitle')
    assert.equal(moved.y, 50.98)

    const board = await page.locator('[data-test=canvas]').boundingBox()
    const mm = board.width / 297
    const at = (x, y) => [board.x + x * mm, board.y + y * mm]
    await page.mouse.move(...at(40, 150))
    await page.mouse.down()
    await page.mouse.move(...at(100, 100), { steps: 4 })
    await page.mouse.move(...at(240, 150), { steps: 6 })
    await page.mouse.up()
    await page.getByRole('button', { name: '保存草稿' }).click()
    await page.getByRole('tab', { name: /检查 [1-9]/ }).click()
    await page
      .getByText(/压住了二维码/)
      .first()
      .waitFor()
    await picture(page, 'template-editor')
    await page.getByRole('button', { name: '撤销', exact: true }).click()
    await page.getByRole('button', { name: '保存草稿' }).click()
    await page.getByText('版面符合要求').waitFor()

    await page.getByRole('tab', { name: '预览' }).click()
    await page.getByText(/由服务器印制的样张/).waitFor({ timeout: 60_000 })
    assert.match(await page.getByRole('link', { name: /在新窗口打开/ }).getAttribute('href'), /^blob:/)

    await page.getByRole('button', { name: '发布…' }).click()
    await page.getByPlaceholder('记入版本和操作日志').fill('海悦的荣誉证书')
    await picture(page, 'template-publish')
    await page.getByRole('button', { name: '发布', exact: true }).click()
    await page.getByText('现行第 1 版').waitFor()

    await page.getByRole('tab', { name: '属性' }).click()
    await page.locator('[data-id=subtitle]').focus()
    await page.locator('.props textarea').first().fill('Honour of Haiyue')
    await page.getByRole('button', { name: '发布…' }).click()
    await page.getByText('Honour of Haiyue').last().waitFor()
    await page.getByPlaceholder('记入版本和操作日志').fill('英文名')
    await page.getByRole('button', { name: '发布', exact: true }).click()
    await page.getByText('现行第 2 版').waitFor()
    await page.getByRole('tab', { name: /版本 2/ }).click()
    await page.getByRole('button', { name: '以此版为草稿' }).last().click()
    await page.getByText('已载入第 1 版').waitFor()
    await page.getByRole('button', { name: '发布…' }).click()
    await page.getByPlaceholder('记入版本和操作日志').fill('恢复第一版')
    await page.getByRole('button', { name: '发布', exact: true }).click()
    await page.getByText('现行第 3 版').waitFor()
    const detail = await call(page, 'GET', `/certificate-templates/${encodeURIComponent(id)}`)
    assert.equal(detail.versions[0].hash, detail.versions[2].hash, 'a former version as a new one')
    await close(page)
  })

  it('tells a bureau and the public that a certificate has expired, and what to do next', async () => {
    const page = await open(rig, { user: 'qingpu' })
    const school = (await call(page, 'GET', `/organizations?q=${encodeURIComponent('青浦安康')}`)).items[0].id
    const all = (await call(page, 'GET', `/certificates?organizationId=${school}`)).items
    assert.equal(all.length, 2)
    await page.goto(`/certificates/${all[0].id}`)
    await page.getByText('已过期').first().waitFor()
    await page.goto(`/v/${all[0].publicCode}#${all[0].qrText.split('#')[1]}`)
    await page.locator('main[data-verdict=expired]').waitFor()
    await page.getByText('请持证人向发证机构更新证书').waitFor()
    await picture(page, 'expired')

    await page.goto('/verify')
    await page.evaluate(() => navigator.serviceWorker.ready)
    await page.waitForFunction(
      () => localStorage.getItem('verify/keys') && localStorage.getItem('verify/status-lists/0'),
    )
    await page.context().setOffline(true)
    for (const clock of ['2026-06-18T01:00:00Z', '2025-06-01T01:00:00Z']) {
      await page.clock.setSystemTime(new Date(clock)) // the second is a phone whose date is a year behind
      await page.getByRole('textbox').fill(all[0].qrText)
      await page.getByRole('button', { name: '查验', exact: true }).click()
      await page.getByRole('heading', { name: '已过期' }).waitFor()
      await page.getByText('断网核验').first().waitFor()
      await page.getByRole('button', { name: '再查一张' }).click()
    }
    await close(page)
  })

  it('withdraws a class as a whole and says so on its page', async () => {
    const page = await open(rig, { user: 'qingpu' })
    const school = (await call(page, 'GET', `/organizations?q=${encodeURIComponent('青浦安康')}`)).items[0].id
    const [one] = (await call(page, 'GET', `/certificates?organizationId=${school}`)).items
    await page.goto(`/classes/${one.classId}`)
    await page.getByRole('button', { name: '整班撤销证书' }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('查实替人打卡')
    await page.getByRole('button', { name: '整班撤销', exact: true }).click()
    await page.getByText('已完成 2 张').waitFor({ timeout: 60_000 })
    await page.getByText(/撤销证书不影响学时/).waitFor()
    await picture(page, 'class-withdrawn')
    assert.equal((await call(page, 'GET', `/certificates/${one.id}`)).status, 'revoked')
    await close(page)
  })

  it('only shows the layout on a narrow screen, and in English', async () => {
    const page = await open(rig, { user: 'school', width: 390, height: 844 })
    await page.goto('/certificates/templates/trainingCompletion.house')
    await page.locator('[data-test=canvas]').waitFor()
    await page.getByText('平台通用模板随程序发布').waitFor()
    await picture(page, 'template-narrow')
    assert.equal(await page.getByRole('button', { name: '保存草稿' }).count(), 0)
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390)
    await close(page)
    const english = await open(rig, { user: 'school', language: 'en' })
    await english.addInitScript(() => localStorage.setItem('language', 'en'))
    await english.goto('/certificates/templates/skillLevel.house')
    await english.getByText('House template').first().waitFor()
    await picture(english, 'template-english')
    await settled(english)
    await close(english)
  })
})
