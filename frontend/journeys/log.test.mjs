import assert from 'node:assert/strict'
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { call, close, open, picture, start } from './rig.mjs'

describe('the issuance log', () => {
  let rig, medium
  before(async () => {
    medium = await mkdtemp(join(tmpdir(), 'carecert-medium-'))
    process.env.CARECERT_WITNESS_DIR = medium
    rig = await start()
    // The demo's witness is this program: it is reached once it listens.
    for (let turn = 0; ; turn++) {
      const { items } = await (await fetch(`${rig.base}/api/v1/public/log/witnesses`)).json()
      if (items.some((w) => w.held?.countersignature)) break
      assert.ok(turn < 90, 'nobody has countersigned')
      await new Promise((resolve) => setTimeout(resolve, 1000))
    }
  })
  after(async () => {
    delete process.env.CARECERT_WITNESS_DIR
    await rig?.stop()
    await rm(medium, { recursive: true, force: true })
  })

  const issued = async () => {
    const page = await open(rig, { user: 'admin' })
    const { items } = await call(page, 'GET', '/certificates?limit=50')
    const found = items.find((c) => c.status === 'valid' && c.qrText)
    await close(page)
    return found
  }
  /** Answers of the log's public paths, changed on their way by whoever sits between. */
  const tamper = (page, path, change) =>
    page.route(`**/api/v1/public/log/${path}*`, async (route) => {
      const answer = await route.fetch()
      const body = await answer.json()
      change(body)
      await route.fulfill({ response: answer, json: body })
    })
  const flipped = (base64) => {
    const raw = Buffer.from(base64, 'base64')
    raw[7] ^= 4
    return raw.toString('base64')
  }

  it('is explained, and shows in the browser that a certificate is in it', async () => {
    const c = await issued()
    const page = await open(rig)
    await page.goto(`/v/${c.publicCode}`)
    await page.locator('#log').click()
    await page.waitForURL(/\/log\?code=/)
    const result = page.locator('#certificate .outcome')
    await result.waitFor()
    assert.equal(await result.getAttribute('data-holds'), 'yes')
    assert.deepEqual(
      await page.locator('#certificate [data-step]').evaluateAll((all) => all.map((e) => e.dataset.step)),
      ['head', 'leaf', 'path'],
    )
    await page.locator('#head [data-signed=true]').waitFor()
    await page.locator('#head [data-memory=first]').waitFor()
    await page.locator('#witnesses [data-seal=true]').waitFor()
    await picture(page, 'log')
    // The whole text of the QR code binds the entry to what the code says.
    await page.locator('textarea').fill(c.qrText)
    await page.getByRole('button', { name: '核对', exact: true }).click()
    await page.locator('#certificate [data-step=text][data-holds=true]').waitFor()
    // A PDF of it, opened in the browser, says which certificate is meant.
    await page.locator('textarea').fill('')
    const office = await open(rig, { user: 'admin' })
    const pdf = await (await office.context().request.get(`/api/v1/certificates/${c.id}/certificate.pdf`)).body()
    await close(office)
    await page
      .locator('#certificate input[type=file]')
      .setInputFiles({ name: 'a.pdf', mimeType: 'application/pdf', buffer: pdf })
    await page.waitForFunction((text) => document.querySelector('textarea').value === text, c.qrText)
    await page.locator('#certificate [data-step=text][data-holds=true]').waitFor()
    await page
      .locator('#certificate input[type=file]')
      .setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: await page.screenshot() })
    await page.getByText('没有在文件里找到证书二维码').waitFor()
    // Who looks twice is a witness.
    await page.goto('/log')
    await page.locator('#head [data-memory=remembered]').waitFor()
    await page.locator('textarea').fill('7QK4M2XW9DHCT3VN')
    await page.getByRole('button', { name: '核对', exact: true }).click()
    await page.locator('#certificate [data-holds=unknown]').waitFor()
    await close(page)
  })

  it('names the step at which a tampered answer fails', async () => {
    const c = await issued()
    for (const [step, change] of [
      ['path', (b) => (b.path[0] = flipped(b.path[0]))],
      ['leaf', (b) => (b.leaf = b.leaf.replace(c.publicCode, '0000000000000000'))],
      ['path', (b) => (b.leaf = b.leaf.replace(/"at":"20/, '"at":"19'))],
      ['head', (b) => (b.note = b.note.replace(/\n\d+\n/, '\n7\n'))],
    ]) {
      const page = await open(rig)
      await tamper(page, 'proof', change)
      await page.goto(`/log?code=${c.publicCode}`)
      const result = page.locator('#certificate .outcome')
      await result.waitFor()
      assert.equal(await result.getAttribute('data-holds'), step)
      await result.getByText('核对没有通过').waitFor()
      if (step === 'head') await picture(page, 'log-tampered')
      await close(page)
    }
  })

  it('is sent to a witness that the administrator names, whose file shows later that it only grew', async () => {
    const page = await open(rig, { user: 'admin' })
    await page.goto('/')
    await page.getByRole('link', { name: '日志见证' }).click()
    await page.getByText('养老服务行业协会（示例）').waitFor()
    await page.getByText('已确认').first().waitFor()
    await page.getByRole('button', { name: '指定见证方' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('CARECERT_SMTP_HOST').waitFor()
    await dialog.getByLabel('名称').fill('区档案馆（示例）')
    await dialog.getByText('存入介质').click()
    await picture(page, 'log-witness-new')
    await dialog.getByRole('button', { name: '确定' }).click()
    const row = page.getByRole('row', { name: /区档案馆/ })
    await row.getByRole('button', { name: '立即发送' }).click()
    await row.getByText('已确认').waitFor()
    await row.getByRole('button', { name: '区档案馆（示例）', exact: true }).click()
    await page
      .getByRole('dialog')
      .getByText('系统管理员发起')
      .or(page.getByRole('dialog').getByText(/发起/))
      .first()
      .waitFor()
    await page.keyboard.press('Escape')
    await picture(page, 'log-witnesses')
    const [folder] = await readdir(medium)
    const [name] = await readdir(join(medium, folder))
    const file = await readFile(join(medium, folder, name), 'utf8')

    await call(page, 'POST', '/certificates/' + (await issued()).id + '/replacement', { reason: '姓名更正' })
    const anyone = await open(rig)
    await anyone.goto('/log')
    const drop = (text) =>
      anyone
        .locator('#kept input')
        .setInputFiles({ name: 'head.json', mimeType: 'application/json', buffer: Buffer.from(text) })
    const outcome = anyone.locator('#kept .outcome')
    await drop(file)
    await anyone.locator('#kept [data-holds=yes]').waitFor()
    await anyone.getByText('保存者：区档案馆（示例）').waitFor()
    await drop(file.replace(/(\\n)(\d+)(\\n)/, '$19$3'))
    await anyone.locator('#kept .outcome[data-holds=kept]').waitFor()
    await drop('a photograph')
    await anyone.locator('#kept [data-holds=unread]').waitFor()
    // Somebody rewrote the log, and answers with the new history.
    await tamper(anyone, 'consistency', (b) => (b.fromRootHash = flipped(b.fromRootHash)))
    await drop(file)
    await anyone.locator('#kept .outcome[data-holds=root]').waitFor()
    assert.match(await outcome.textContent(), /日志与这个树头对不上/)
    // A witness that acknowledged is held against the log of today in one click.
    await anyone.unroute('**/api/v1/public/log/consistency*')
    await anyone.locator('[data-witness^=区档案馆] button').click()
    await anyone.locator('[data-witness^=区档案馆] [data-holds=yes]').first().waitFor()
    await close(anyone)
    await close(page)
  })

  it('raises an alarm for a head without its proof, which ends when the log proves that head', async () => {
    const page = await open(rig, { user: 'admin' })
    await call(page, 'POST', `/certificates/${(await issued()).id}/replacement`, { reason: '姓名更正' })
    const head = await call(page, 'GET', '/public/log/head')
    const [log] = (await call(page, 'GET', '/watched-logs')).items
    const answer = await fetch(`${rig.base}/api/v1/public/witness/add-checkpoint`, {
      method: 'POST',
      body: `old ${log.held.size}\n${head.rootHash}\n\n${head.note}`,
    })
    assert.equal(answer.status, 422)
    await page.goto('/')
    await page.getByText('签发日志：1 件见证事项待核查').click()
    await page.locator('[data-test=alarms]').waitFor()
    await page.getByText('未证明连续').waitFor()
    await picture(page, 'log-alarm')
    await page
      .getByRole('row', { name: /金山区/ })
      .getByRole('button', { name: '立即发送' })
      .click()
    await page.getByText(/自动解除$/).waitFor()
    await page.locator('[data-test=alarms]').waitFor({ state: 'detached' })
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight))
    await picture(page, 'log-alarm-ended')
    await page.getByRole('button', { name: '历次树头' }).click()
    await page.getByRole('dialog').getByRole('listitem').first().waitFor()
    assert.ok((await page.getByRole('dialog').getByRole('listitem').count()) >= 2, 'both heads are told')
    await picture(page, 'log-heads')
    await close(page)
    const anyone = await open(rig)
    await anyone.goto('/log')
    await anyone.locator('#witnesses [data-seal=true]').waitFor()
    await anyone.locator('#witnesses').scrollIntoViewIfNeeded()
    await picture(anyone, 'log-public-witnesses')
    await close(anyone)
  })

  it('is read in English and on a phone', async () => {
    const page = await open(rig, { width: 390, height: 844 })
    await page.addInitScript(() => localStorage.setItem('language', 'en'))
    await page.goto(`/log?code=${(await issued()).publicCode}`)
    await page.getByRole('heading', { name: 'Issuance log' }).waitFor()
    await page.getByText('It is in the log, unaltered').waitFor()
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'it fits')
    await picture(page, 'log-phone')
    await close(page)
    const office = await open(rig, { user: 'auditor', width: 390, height: 844 })
    await office.goto('/log-witnesses')
    await office.getByText('区档案馆（示例）').first().waitFor()
    assert.equal(await office.getByRole('button', { name: '指定见证方' }).count(), 0, 'an auditor names nobody')
    assert.ok(await office.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'it fits')
    await picture(office, 'log-witnesses-phone')
    await close(office)
  })
})
