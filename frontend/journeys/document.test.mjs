import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { call, close, open, picture, settled, start } from './rig.mjs'

describe('a file that somebody was handed', () => {
  let rig
  let visitor
  let mine
  let files
  before(async () => {
    rig = await start()
    const phone = await open(rig, { user: 'wangxiulan', width: 390, height: 844 })
    mine = (await call(phone, 'GET', '/certificates?status=valid')).items.filter((c) => c.qrText)
    files = await Promise.all(
      mine.slice(0, 2).map(async (c) => {
        const answer = await phone.context().request.get(`/api/v1/certificates/${c.id}/certificate.pdf`)
        return answer.body()
      }),
    )
    await close(phone)
    visitor = await open(rig, { width: 390, height: 844 })
  })
  after(() => rig?.stop())

  async function check(name, mimeType, buffer) {
    await visitor.goto('/verify')
    await visitor.locator('input[type=file]').setInputFiles({ name, mimeType, buffer })
    await visitor.locator('[data-document]').waitFor()
    return visitor.locator('[data-document]').getAttribute('data-document')
  }

  it('says what its code has signed', async () => {
    assert.equal(await check('证书.pdf', 'application/pdf', files[0]), 'same')
    await visitor.locator('[data-verdict=genuine]').waitFor()
    assert.equal(await visitor.locator('[data-found=false]').count(), 0)
    await settled(visitor)
    await picture(visitor, 'verify-file')
  })

  /** The picture of a page, with something else printed over it. */
  async function drawn(paint, ...args) {
    const page = await open(rig, {})
    await page.goto('/verify')
    await page
      .locator('input[type=file]')
      .setInputFiles({ name: 'a.pdf', mimeType: 'application/pdf', buffer: files[0] })
    await page.locator('canvas').waitFor()
    const url = await page.evaluate(paint, args)
    await close(page)
    return Buffer.from(url.split(',')[1], 'base64')
  }

  it('as a photograph is to be compared by eye, and stands beside what was signed', async () => {
    const photo = await drawn(() => document.querySelector('canvas').toDataURL('image/jpeg', 0.8))
    assert.equal(await check('照片.jpg', 'image/jpeg', photo), 'picture')
    await visitor.locator('[data-verdict=genuine]').waitFor()
    await settled(visitor)
    await picture(visitor, 'verify-photo')
  })

  it('that was altered is told: another text under a genuine code', async () => {
    const code = await drawn(() => document.querySelector('canvas').toDataURL('image/png'))
    const forger = await open(rig, {})
    await forger.setContent(
      `<h1>培训合格证书</h1><p>李秀兰 完成 养老机构消防安全与应急疏散 共 40 课时</p><p>2026年4月14日</p>
       <img width="700" src="data:image/png;base64,${code.toString('base64')}">`,
    )
    const forged = await forger.pdf({ format: 'A4' })
    await close(forger)
    assert.equal(await check('改过的.pdf', 'application/pdf', forged), 'differs')
    for (const field of ['holder', 'issuedOn', 'minutes', 'number'])
      await visitor.locator(`[data-field=${field}][data-found=false]`).waitFor()
    await visitor.getByText('2026年4月14日').first().waitFor()
    await settled(visitor)
    await picture(visitor, 'verify-altered')
  })

  it('with two codes is told, and each is judged', async () => {
    const [a, b] = await Promise.all(
      files.map(async (pdf) => {
        const page = await open(rig, {})
        await page.goto('/verify')
        await page
          .locator('input[type=file]')
          .setInputFiles({ name: 'a.pdf', mimeType: 'application/pdf', buffer: pdf })
        await page.locator('canvas').waitFor()
        const url = await page.evaluate(() => document.querySelector('canvas').toDataURL('image/png'))
        await close(page)
        return url
      }),
    )
    const forger = await open(rig, {})
    await forger.setContent(`<img width="650" src="${a}"><br><img width="650" src="${b}">`)
    const two = await forger.pdf({ format: 'A4' })
    await close(forger)
    assert.equal(await check('两个码.pdf', 'application/pdf', two), 'twoCodes')
    assert.equal(await visitor.locator('[data-verdict=genuine]').count(), 2)
    await settled(visitor)
    await picture(visitor, 'verify-two-codes')
  })

  it('that is no certificate, or no picture, is refused in words', async () => {
    const blank = await open(rig, {})
    await blank.setContent('<p>hello</p>')
    assert.equal(await check('空白.pdf', 'application/pdf', await blank.pdf()), 'noCode')
    await close(blank)
    assert.equal(await check('x.pdf', 'application/pdf', Buffer.from('%PDF-1.7 broken')), 'unopened')
    assert.equal(await check('x.txt', 'text/plain', Buffer.from('hello')), 'unopened')
    await close(visitor)
  })
})
