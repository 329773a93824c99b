import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { call, close, open, picture, start } from './rig.mjs'

describe('the wallet with no network', () => {
  let rig
  before(async () => {
    rig = await start()
  })
  after(() => rig?.stop())

  /** The same phone, the app started from cold. */
  const cold = async (page, path = '/m/') => {
    const next = await page.context().newPage()
    next.broken = page.broken
    next.session = page.session
    next.on('pageerror', (e) => next.broken.push(String(e)))
    await next.clock.install({ time: new Date('2026-06-18T02:00:00Z') })
    await page.close()
    await next.goto(path)
    return next
  }

  it('starts from cold and shows the code that was shown last, as of the last synchronisation', async () => {
    let page = await open(rig, { user: 'wangxiulan', width: 390, height: 844 })
    const me = (await call(page, 'GET', '/sessions/current')).user.personId
    const all = (await call(page, 'GET', `/certificates?personId=${me}`)).items
    const shown = all.filter((c) => c.qrText && c.status === 'valid').at(-1)
    await page.goto('/m/')
    await page
      .getByText(all.find((c) => c.qrText).issuerName)
      .first()
      .waitFor()
    await page.evaluate(() =>
      Promise.race([
        navigator.serviceWorker.ready,
        new Promise((_, no) => setTimeout(() => no(new Error('no service worker')), 15_000)),
      ]),
    )
    await page.goto(`/m/certificates/${shown.id}`)
    await page.getByText('请把屏幕调亮').waitFor()
    await page.waitForFunction(async () =>
      (await Promise.all((await caches.keys()).map(async (k) => (await (await caches.open(k)).keys()).length))).some(
        (n) => n > 3,
      ),
    )
    await page.context().setOffline(true)

    page = await cold(page)
    await page.getByText('没有网络：显示的是上次的内容').waitFor()
    await page.getByText('上次同步：2026-06-18 08:4').waitFor()
    await page.getByText(shown.number).first().waitFor()
    await page.getByText(/截至 2026-06-18 08:4/).waitFor()
    await page.getByRole('img', { name: '证书二维码，供他人扫码核验' }).waitFor()
    await picture(page, 'wallet-offline')
    const kept = await page.evaluate(() => JSON.stringify(JSON.parse(localStorage.getItem('wallet')).certificates))
    for (const secret of ['idNumberMasked', 'personId', 'evidence'])
      assert.ok(!kept.includes(secret), `${secret} is kept on the phone`)

    // What has expired since is called so, though the phone was never told.
    await page.evaluate((id) => {
      const w = JSON.parse(localStorage.getItem('wallet'))
      for (const c of w.certificates) if (c.id === id) c.expiresOn = '2026-06-17'
      localStorage.setItem('wallet', JSON.stringify(w))
      localStorage.setItem('type', 'large')
    }, shown.id)
    page = await cold(page, `/m/certificates/${shown.id}`)
    await page.getByText('已过有效期').waitFor()
    assert.equal(await page.evaluate(() => document.documentElement.dataset.type), 'large')
    assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= 390)
    await picture(page, 'wallet-offline-expired')

    // Back in the network the truth of the server stands again.
    await page.context().setOffline(false)
    page = await cold(page, `/m/certificates/${shown.id}`)
    await page.getByText('有效，扫码可核验').waitFor()
    assert.equal(await page.getByText('没有网络').count(), 0)
    await page.goto('/m/me')
    await page.getByRole('button', { name: '退出登录' }).click()
    await page.waitForURL(/sign-in/)
    assert.equal(await page.evaluate(() => localStorage.getItem('wallet')), null, 'the wallet stays after signing out')
    await page.context().setOffline(true)
    page = await cold(page)
    await page.waitForURL(/sign-in/)
    assert.equal(await page.getByText(shown.number).count(), 0)
    await close(page)
  })
})
