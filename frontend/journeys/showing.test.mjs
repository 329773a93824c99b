import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { after, before, describe, it } from 'node:test'
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader'
import { call, close, open, picture, settled, start } from './rig.mjs'

const wasm = createRequire(import.meta.url).resolve('zxing-wasm/reader/zxing_reader.wasm')

describe('a certificate is shown', () => {
  let rig
  let phone
  let visitor
  before(async () => {
    await prepareZXingModule({ overrides: { wasmBinary: (await readFile(wasm)).buffer }, fireImmediately: true })
    rig = await start()
    phone = await open(rig, { user: 'wangxiulan', width: 390, height: 844 })
    visitor = await open(rig, { width: 390, height: 844 })
  })
  after(() => rig?.stop())

  /** What a camera reads off the phone's screen. */
  async function scan() {
    const [code] = await readBarcodes(new Uint8Array(await phone.locator('[data-live]').first().screenshot()), {
      formats: ['QRCode'],
    })
    return code?.text ?? ''
  }

  it('live on the phone of its holder: each code is another, and a picture of it is told apart', async () => {
    const mine = await call(phone, 'GET', '/certificates?status=valid')
    const of = mine.items.filter((c) => c.qrText)[1] // of the first the demo has a link already
    await phone.goto(`/m/certificates/${of.id}`)
    await phone.locator('[data-live=true]').waitFor()
    await phone.getByText('这台手机当场出示').waitFor()
    await settled(phone)
    await picture(phone, 'phone-live-code')
    const text = await scan()
    assert.match(text, /\/V\/[0-9A-Z]{16}\/[0-9A-Z]{24}#/)
    assert.equal(text.replace(/\/[0-9A-Z]{24}#/, '#'), of.qrText)

    await visitor.goto(text)
    await visitor.getByRole('heading', { name: '真实有效' }).waitFor()
    await visitor.getByText('持证人正在出示').waitFor()
    await visitor.locator('#signature[data-state=genuine]').waitFor()
    await picture(visitor, 'verify-live')
    const [, sign] = /核对数字 (\d\d)/.exec(await visitor.locator('main').innerText())
    await phone.locator('[data-sign]', { hasText: sign }).waitFor()
    await picture(phone, 'phone-live-opened')
    await visitor.goto('about:blank')
    await visitor.goto(text)
    await visitor.getByText('刚刚生成，但已被打开过').waitFor()

    await phone.clock.fastForward(31_000) // the phone's own timer renews it
    await phone.waitForFunction(() => document.querySelector('[data-live=true]'))
    await assert.doesNotReject(async () => {
      for (let i = 0; (await scan()) === text; i++) {
        if (i === 50) throw new Error('the code is not renewed')
        await new Promise((again) => setTimeout(again, 200))
      }
    })
    await visitor.goto('/verify')
    await visitor.getByRole('textbox').fill(await scan())
    await visitor.getByRole('button', { name: '查验', exact: true }).click()
    await visitor.locator('#shown[data-kind=live]').waitFor()
    await picture(visitor, 'verify-live-scanned')
    await visitor.goto(`/v/${of.publicCode}`)
    await visitor.getByText('静态二维码').waitFor()
    await picture(visitor, 'verify-static')
  })

  it('without a network it says that it is the code of the paper', async () => {
    await phone.context().setOffline(true)
    await phone.clock.fastForward(95_000)
    await phone.getByText('静态码').waitFor()
    assert.doesNotMatch(await scan(), /\/[0-9A-Z]{24}#/)
    await picture(phone, 'phone-static-code')
    await phone.context().setOffline(false)
    await phone.clock.fastForward(31_000)
    await phone.locator('[data-live=true]').waitFor()
  })

  it('by a link that ends, and its holder sees who looked', async () => {
    await phone.evaluate(() => {
      Object.defineProperty(navigator, 'share', { configurable: true, value: async (it) => (window.sent = it.url) })
    })
    await phone.getByRole('button', { name: '生成分享链接' }).click()
    await phone.getByRole('radio', { name: '1 小时' }).click()
    await phone.getByPlaceholder('例如').fill('徐泾养老院面试')
    await settled(phone)
    await picture(phone, 'phone-link-making')
    await phone.getByRole('button', { name: '生成并发送' }).click()
    await phone.getByText('还没有人看过').waitFor()
    const url = await phone.evaluate(() => window.sent)
    await visitor.goto(url)
    await visitor.getByRole('heading', { name: '有人与您分享了一份证书' }).waitFor()
    await picture(visitor, 'link-ask')
    await visitor.getByLabel('您的姓名').fill('周主任')
    await visitor.getByLabel(/您的单位/).fill('徐泾养老院')
    await visitor.getByRole('button', { name: '打开证书' }).click()
    await visitor.getByRole('heading', { name: '真实有效' }).waitFor()
    await picture(visitor, 'link-opened')
    await phone.reload()
    await phone.getByText(/看过 1 次/).waitFor()
    await phone.getByRole('button', { name: '谁看过' }).click()
    await phone.getByText('周主任　徐泾养老院').waitFor()
    await settled(phone)
    await picture(phone, 'phone-link-visits')
    await phone.keyboard.press('Escape')
    await phone.locator('.van-popup .van-popup__close-icon').last().click()
    await phone.getByRole('button', { name: '停用', exact: true }).click()
    await phone.getByRole('dialog').getByRole('button', { name: '停用' }).click()
    await phone.getByText('已停用').waitFor()
    await visitor.goto(url)
    await visitor.getByRole('heading', { name: '链接已停用' }).waitFor()
    await close(phone)
    await close(visitor)
  })
})
