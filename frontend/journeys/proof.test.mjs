import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { call, close, open, picture, settled, start } from './rig.mjs'

describe('the certificate of a year', () => {
  let rig
  before(async () => {
    rig = await start()
  })
  after(() => rig?.stop())

  it('is issued by the home to whoever met the year, and the others are named', async () => {
    const page = await open(rig, { user: 'dianshanhu' })
    await page.goto('/hours?asOf=2025-12-31')
    await page.getByRole('button', { name: '还差' }).click() // in order of what is missing, the least first
    for (const name of ['王秀兰', '李桂芳']) await page.getByRole('row', { name }).getByRole('checkbox').check()
    await page.getByRole('button', { name: '开具年度证明' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('已选 2 人，其中 1 人已达标').waitFor()
    await picture(page, 'proofs-ask')
    await dialog.getByRole('button', { name: '开具年度证明' }).click()
    await dialog.getByText('已开具 1 人').waitFor()
    await dialog.getByText(/累计19.97课时，未达到20课时/).waitFor()
    await picture(page, 'proofs-done')
    await dialog.getByRole('button', { name: '关闭' }).last().click()
    await page.getByRole('link', { name: '王秀兰' }).click()
    await page.getByRole('link', { name: /2025 年度在岗培训合格证书/ }).click()
    await page.getByRole('link', { name: /学时明细/ }).waitFor()
    await page.getByText('2025年度在岗培训').first().waitFor()
    await settled(page)
    await picture(page, 'proof-certificate')
    await close(page)
  })

  it('is shown on the phone of its holder, and verifies', async () => {
    const phone = await open(rig, { user: 'wangxiulan', width: 390, height: 844 })
    await phone.goto('/m/hours')
    await phone.getByRole('button', { name: '‹ 2025' }).click()
    await phone.getByRole('button', { name: '看 2025 年度证明' }).waitFor()
    await settled(phone)
    await picture(phone, 'phone-hours-met')
    await phone.getByRole('button', { name: '看 2025 年度证明' }).click()
    await phone.getByText('在岗培训合格证书').first().waitFor()
    await picture(phone, 'phone-proof')
    const mine = await call(phone, 'GET', '/certificates?family=inServiceYear')
    const code = mine.items[0].publicCode
    const visitor = await open(rig, { width: 390, height: 844 })
    await visitor.goto(`/v/${code}`)
    await visitor.getByRole('heading', { name: '真实有效' }).waitFor()
    assert.match(await visitor.locator('main').innerText(), /课时\s+20\.00/)
    await close(phone)
    await close(visitor)
  })
})
