import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { call, close, open, picture, start } from './rig.mjs'

/** Identity numbers that check, one for each n. */
function number(n) {
  const first = `310118199105${String(10 + Math.floor(n / 400)).padStart(2, '0')}${String(100 + (n % 400)).padStart(3, '0')}`
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
  return first + '10X98765432'[weights.reduce((sum, w, i) => sum + w * Number(first[i]), 0) % 11]
}
const many = 240
const roster = (from) =>
  Buffer.from(
    ['姓名,身份证号码,入职日期']
      .concat(
        Array.from(
          { length: many },
          (_, n) => `吴秀${String.fromCodePoint(0x4e00 + n)},${number(from + n)},2026-03-01`,
        ),
      )
      .join('\n'),
  )

describe('an import of many is withdrawn', () => {
  let rig
  const made = {}
  before(async () => {
    rig = await start()
  })
  after(() => rig?.stop())

  async function send(page, name, from) {
    await page.goto('/imports/new')
    await page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/csv', buffer: roster(from) })
    await page.getByRole('button', { name: '试算，不写入' }).click()
    await page.getByRole('button', { name: `写入 ${many} 行` }).click()
    await page.getByRole('button', { name: '看花名册' }).waitFor({ timeout: 60_000 })
    return /imports\/([0-9a-f-]+)/.exec(page.url())[1]
  }
  async function withdraw(page) {
    await page.getByRole('button', { name: '撤回本次导入' }).click()
    await page.getByPlaceholder(/操作日志/).fill('发错了机构')
    await page.getByRole('dialog').getByRole('button', { name: '撤回本次导入' }).click()
  }

  it('who stands in the way is named, and nobody has left the register', async () => {
    const page = await open(rig, { user: 'liantang' })
    made.stopped = await send(page, '三月花名册.csv', 0)
    const built = []
    for (const n of [7, 200]) {
      const [person] = (await call(page, 'GET', `/people?limit=1&q=${number(n)}`)).items
      await call(page, 'POST', '/certificates/registrations', {
        personId: person.id,
        family: 'skillLevel',
        number: `S000031000006243000${String(n).padStart(3, '0')}`,
        level: 3,
        issuedOn: '2024-05-01',
        issuerName: '评价中心',
      })
      built.push(person.name)
    }
    await withdraw(page)
    await page.getByText('撤回停在这里：有 2 处需先处理').waitFor({ timeout: 60_000 })
    for (const name of built) await page.getByText(new RegExp(`${name}已有证书登记`)).waitFor()
    await page.getByText('还没有撤回任何一行').waitFor()
    await picture(page, 'import-withdrawal-stopped')
    await close(page)
  })

  it('the others are taken back while the page may be left, and the list says so', async () => {
    const page = await open(rig, { user: 'liantang', width: 390, height: 844 })
    const id = await send(page, '四月花名册.csv', many)
    await withdraw(page)
    await page.getByText(new RegExp(`撤回 ${many} 行：发错了机构`)).waitFor({ timeout: 60_000 })
    assert.equal(await page.getByRole('button', { name: '撤回本次导入' }).count(), 0)
    await picture(page, 'import-withdrawn-phone')
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth))
    assert.equal((await call(page, 'GET', `/people?limit=1&q=${number(many + 7)}`)).items.length, 0)
    await page.goto('/imports')
    await page.getByText('已撤回').first().waitFor()
    assert.equal((await call(page, 'GET', `/imports/${id}`)).withdrawal.rows, many)
    await close(page)
  })
})
