import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { call, close, open, picture, start } from './rig.mjs'

describe('the caregiver and the verifier', () => {
  let rig
  before(async () => {
    rig = await start()
  })
  after(() => rig?.stop())

  async function certificate(user) {
    const page = await open(rig, { user, width: 390, height: 844 })
    const all = await call(page, 'GET', '/certificates')
    await close(page)
    return all.items.find((c) => c.qrText)
  }

  it('carries the certificate with a large QR, and shows it with no network', async () => {
    const page = await open(rig, { user: 'wangxiulan', width: 390, height: 844 })
    await page.goto('/m/')
    await page.getByText('王秀兰').first().waitFor()
    await page.locator('svg').first().waitFor()
    await picture(page, 'phone')
    await page.evaluate(() =>
      Promise.race([
        navigator.serviceWorker.ready,
        new Promise((_, no) => setTimeout(() => no(new Error('no service worker')), 10_000)),
      ]),
    )
    await page.reload()
    await page.getByText('王秀兰').first().waitFor()
    await page.context().setOffline(true)
    await page.reload()
    await page.getByText('王秀兰').first().waitFor()
    await close(page)
  })

  it('shows the hours and what is missing', async () => {
    const page = await open(rig, { user: 'liguifang', width: 390, height: 844 })
    await page.goto('/m/hours')
    await page.getByText(/课时/).first().waitFor()
    await close(page)
  })

  it('tells a stranger the truth, and checks the signature in the browser', async () => {
    const c = await certificate('wangxiulan')
    const page = await open(rig, { width: 390, height: 844 })
    await page.goto(`/V/${c.publicCode}#${c.qrText.split('#')[1]}`)
    await page.getByText('真实有效').waitFor()
    await page.locator('#signature[data-state=genuine]').waitFor()
    await picture(page, 'verify')
    assert.equal(await page.getByText('王秀兰').count(), 0, 'the whole name is on the public page')
    await close(page)
  })

  it('is not taken in by an altered code', async () => {
    const c = await certificate('wangxiulan')
    const payload = c.qrText.split('#')[1]
    const altered = payload.slice(0, 40) + (payload[40] === 'A' ? 'B' : 'A') + payload.slice(41)
    const page = await open(rig, { width: 390, height: 844 })
    await page.goto(`/v/${c.publicCode}#${altered}`)
    await page.locator('#signature[data-state=forged]').waitFor()
    await close(page)
  })

  it('says so when there is no such certificate', async () => {
    const page = await open(rig, { width: 390, height: 844, language: 'en' })
    const answer = await page.goto('/v/0000000000000000')
    assert.equal(answer.status(), 404)
    await page.getByRole('heading', { name: 'Unknown' }).waitFor()
    await close(page)
  })
})
