import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { call, close, open, picture, start } from './rig.mjs'

const home = '夏阳街道综合养护院'

describe('an inspection on the spot', () => {
  let rig
  const made = {}
  before(async () => {
    rig = await start()
    // Codes as they hang on the wall: of a caregiver of the home, of one of another home, and of nobody.
    const admin = await open(rig, { user: 'admin' })
    const { items } = await call(admin, 'GET', '/organizations?kind=institution&limit=100')
    const named = (name) => items.find((o) => o.name === name).id
    made.home = named(home)
    const code = async (organizationId, status) => {
      const list = await call(admin, 'GET', `/people?organizationId=${organizationId}&limit=200`)
      for (const p of list.items) {
        const held = await call(admin, 'GET', `/certificates?personId=${p.id}&status=${status}`)
        const own = held.items.find((c) => c.qrText)
        if (own) return { name: p.name, text: own.qrText, id: own.id }
      }
      throw new Error(`nobody has a ${status} certificate`)
    }
    made.own = await code(made.home, 'valid')
    made.stranger = await code(named('仁泽赵巷养护院'), 'superseded')
    await close(admin)
  })
  after(() => rig?.stop())

  it('the office freezes a roster and sees how it is carried', async () => {
    const page = await open(rig, { user: 'qingpu' })
    await page.goto('/spot-checks')
    await page.getByRole('heading', { name: '现场检查' }).waitFor()
    await page.getByText('在场 14 人，持证 9 人，不在册 2 人').waitFor()
    await picture(page, 'spot-checks')
    await page.getByRole('button', { name: '准备检查' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox').fill(home)
    await page.getByRole('option', { name: home }).click()
    await dialog.getByRole('button', { name: '封存名单' }).click()
    await page.getByText('名单还没有装进手机').waitFor()
    await page.getByRole('img', { name: '在手机上打开这次检查的二维码' }).waitFor()
    made.id = new URL(page.url()).pathname.split('/').at(-1)
    await close(page)
  })

  it('the phone loads it, and goes on without a network', async () => {
    const phone = await open(rig, { user: 'qingpu', width: 390, height: 844 })
    made.phone = phone
    await phone.goto(`/m/spot-checks/${made.id}`)
    await phone.evaluate(() => navigator.serviceWorker.ready)
    await phone.getByRole('button', { name: '装进手机' }).click()
    await phone.getByRole('button', { name: '扫码', exact: true }).waitFor()
    const text = await phone.evaluate(
      () =>
        new Promise((resolve) => {
          indexedDB.open('carecert').onsuccess = (e) => {
            const all = e.target.result.transaction('checks').objectStore('checks').getAll()
            all.onsuccess = () => resolve(JSON.stringify(all.result))
          }
        }),
    )
    assert.match(text, /"name":"张建国"/)
    assert.doesNotMatch(text, /\d{17}[\dX]|1[39]\d{9}"/)
    await phone.context().setOffline(true)
    await phone.reload()
    await phone.getByRole('heading', { name: home }).waitFor()
  })

  const figure = async (kind) => Number(await made.phone.locator(`[data-kind="${kind}"] dd`).innerText())
  const paste = async (text) => {
    await made.phone.getByRole('textbox', { name: '粘贴或输入二维码内容' }).fill(text)
    await made.phone.getByRole('button', { name: '核对' }).click()
  }

  it('scans, calls the roster and adds somebody: nobody is counted twice', async () => {
    const { phone } = made
    await paste(made.own.text)
    const found = phone.locator('[data-standing]')
    await phone.locator('[data-standing="onRoster"]').getByText(made.own.name).waitFor()
    await found.getByText('真实有效').waitFor()
    assert.equal(await figure('present'), 1)
    await paste(made.own.text)
    await phone.getByText('这张证书已经扫过').waitFor()
    await paste(made.stranger.text)
    await phone.locator('[data-standing="notOnBooks"]').getByText('已被新证替换').waitFor()
    await paste(made.own.text.slice(0, -4) + 'AAAA')
    await phone.locator('[data-standing="nobody"]').getByText('伪造').waitFor()
    assert.equal(await figure('present'), 2)
    await picture(phone, 'spot-check-scan')

    await phone.getByRole('button', { name: '名单', exact: true }).click()
    await phone.getByRole('searchbox', { name: '按姓名查找' }).fill('张建国')
    await phone.getByRole('button', { name: '张建国 在场' }).click()
    await phone.getByText('✓ 在场').waitFor()
    await phone.getByRole('searchbox', { name: '按姓名查找' }).fill('')
    await picture(phone, 'spot-check-roster')

    await phone.getByRole('button', { name: '补记', exact: true }).click()
    await phone.getByLabel('怎么称呼').fill('小赵')
    await phone.getByLabel('备注').fill('三楼陪护')
    await phone.getByRole('button', { name: '补记一人' }).click()
    await phone.getByLabel('怎么称呼').fill('小赵 ')
    await phone.getByText('已经补记过同样的称呼').waitFor()
    assert.deepEqual([await figure('present'), await figure('notOnBooks')], [4, 2])

    await phone.getByRole('button', { name: '记录', exact: true }).click()
    assert.equal(await phone.getByRole('button', { name: '撤回' }).count(), 5)
    await phone.reload() // a phone that was put away
    await phone.getByRole('button', { name: '记录', exact: true }).waitFor()
    assert.deepEqual([await figure('present'), await figure('notOnBooks')], [4, 2])
  })

  it('targets are large enough for a thumb', async () => {
    for (const part of ['扫码', '名单', '补记', '记录']) {
      await made.phone.getByRole('button', { name: part, exact: true }).click()
      for (const b of await made.phone.locator('main button:visible, main .back:visible').all()) {
        const box = await b.boundingBox()
        assert.ok(box.height >= 44 && box.width >= 44, `${await b.innerText()}: ${box.width}×${box.height}`)
      }
    }
  })

  it('signs at the place; the roster leaves the phone, the result waits for the network', async () => {
    const { phone } = made
    await phone.getByRole('button', { name: '当场签名' }).click()
    await phone.getByRole('dialog').getByText('在场 4 人').waitFor()
    await phone.getByRole('dialog').getByRole('button', { name: '当场签名' }).click()
    await phone.getByText('已签名，等网络恢复后自动上报').waitFor()
    await picture(phone, 'spot-check-signed')
    await phone.context().setOffline(false)
    await phone.getByText('已上报').first().waitFor({ timeout: 30_000 })
    await phone.locator('.done').getByText('在场 4 人').waitFor()
    await phone.getByRole('button', { name: '知道了' }).click()
    await phone.getByRole('heading', { name: '新的检查' }).waitFor()
    await close(phone)
  })

  it('the office reads every entry with what the house says of it', async () => {
    const page = await open(rig, { user: 'qingpu' })
    await page.goto(`/spot-checks/${made.id}`)
    await page.getByText('手机判断与系统复核一致').waitFor()
    await page.getByRole('row', { name: /小赵.*三楼陪护/ }).waitFor()
    await page.getByRole('row', { name: made.own.name }).getByText('真实有效').first().waitFor()
    await page.getByText('查看签名原文').click()
    await page.getByText('"format":"carecert spot check 1"').waitFor()
    await page.getByText('查看签名原文').click()
    await picture(page, 'spot-check')
    await close(page)
  })

  it('the institution reads its result, and answers; another district sees nothing', async () => {
    const page = await open(rig, { user: 'xujing', width: 390, height: 844 })
    await page.goto('/spot-checks')
    await page.getByText('在场 14 人，持证 9 人，不在册 2 人').waitFor()
    await page.getByRole('link', { name: '徐泾镇养护院' }).click()
    await page.getByText('小赵是家属请的钟点工').waitFor()
    await page.getByText('查看签名原文').waitFor({ state: 'detached' })
    await picture(page, 'spot-check-home')
    await page.getByRole('button', { name: '作说明' }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('派遣手续已补')
    await page.getByRole('dialog').getByRole('button', { name: '作说明' }).click()
    await page.getByText('派遣手续已补').waitFor()
    await close(page)
    const far = await open(rig, { user: 'jinshan' })
    await far.goto('/spot-checks')
    await far.getByText('还没有现场检查').waitFor()
    await close(far)
  })

  it('speaks English', async () => {
    const page = await open(rig, { user: 'qingpu', width: 390, height: 844, language: 'en' })
    await page.goto('/spot-checks')
    await page.evaluate(() => localStorage.setItem('language', 'en'))
    await page.goto(`/spot-checks/${made.id}`)
    await page.getByText('The phone and the house agree').waitFor()
    await picture(page, 'spot-check-english')
    await page.goto('/m/spot-checks')
    await page.getByRole('heading', { name: 'A new check' }).waitFor()
    await close(page)
  })
})
