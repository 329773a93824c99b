import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { checkStatus } from '@digitalbazaar/vc-bitstring-status-list'
import { compactVerify, createLocalJWKSet, importJWK } from 'jose'
import { call, close, open, picture, start } from './rig.mjs'

describe('other platforms', () => {
  let rig
  before(async () => {
    rig = await start()
  })
  after(() => rig?.stop())

  const ask = async (key, body) => {
    const answer = await fetch(`${rig.base}/api/v1/bulk-verifications`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json', 'Accept-Language': 'en' },
      body: JSON.stringify(body),
    })
    return { status: answer.status, ...(await answer.json()) }
  }
  const get = async (path, accept = 'application/json') =>
    (await fetch(new URL(path, rig.base), { headers: { Accept: accept } })).text()
  /** What a verifier elsewhere does: it knows nothing but the address and the standards. */
  async function verified(path) {
    const keys = createLocalJWKSet(JSON.parse(await get('/.well-known/jwks.json')))
    const jwt = await get(path, 'application/vc+jwt')
    const { payload, protectedHeader } = await compactVerify(jwt, keys)
    const did = JSON.parse(await get('/.well-known/did.json'))
    assert.ok(did.assertionMethod.includes(protectedHeader.kid))
    const { publicKeyJwk } = did.verificationMethod.find((m) => m.id === protectedHeader.kid)
    await compactVerify(jwt, await importJWK(publicKeyJwk, 'EdDSA'))
    const text = new TextDecoder().decode(payload)
    assert.equal(await get(path), text, 'what is read is what was signed')
    const credential = JSON.parse(text)
    assert.equal(credential.issuer.id ?? credential.issuer, did.id)
    return credential
  }
  async function revoked(credential) {
    const { verified: checked, results } = await checkStatus({
      credential,
      documentLoader: async (url) => ({ documentUrl: url, document: await verified(url) }),
      verifyBitstringStatusListCredential: false, // verified by the loader
    })
    assert.ok(checked)
    return results[0].status
  }

  it('get a key that is shown once, verify with it, and are refused once it is revoked', async () => {
    const page = await open(rig, { user: 'admin' })
    const all = (await call(page, 'GET', '/certificates?limit=50')).items.filter((c) => c.qrText)
    await page.goto('/')
    await page.getByRole('link', { name: '平台密钥' }).click()
    await page.getByText('长三角养老人才服务平台').waitFor()
    await picture(page, 'platforms')
    await page.getByRole('button', { name: '新建平台密钥' }).click()
    await page.getByLabel('平台名称').fill('养老护理人才网')
    await page.getByRole('button', { name: '生成密钥' }).click()
    const key = (await page.locator('[data-test=key]').textContent()).trim()
    await picture(page, 'platform-key')
    await page.getByRole('button', { name: '已保存，关闭' }).click()

    const answer = await ask(key, {
      qrTexts: [all[0].qrText, `${all[0].qrText}A`],
      numbers: [{ number: all[1].number, holderName: '不是此人' }],
    })
    assert.equal(answer.status, 200)
    assert.deepEqual(
      answer.items.map((v) => v.verdict),
      ['genuine', 'forged', 'unknown'],
    )
    assert.equal(answer.items[0].facts.publicCode, all[0].publicCode)

    await page.reload()
    const row = page.getByRole('row', { name: /养老护理人才网/ })
    await row.getByText('3', { exact: true }).first().waitFor()
    await row.getByRole('button', { name: '养老护理人才网' }).click()
    await page
      .getByRole('dialog')
      .getByText(/每分钟/)
      .waitFor()
    assert.equal(await page.getByText(key).count(), 0, 'the key is shown again')
    await page.keyboard.press('Escape')
    await row.getByRole('button', { name: '停用' }).click()
    await page.getByRole('dialog').getByRole('textbox').fill('合作结束')
    await page.getByRole('dialog').getByRole('button', { name: '停用' }).click()
    await row.getByText('已停用').waitFor()
    const refused = await ask(key, { qrTexts: [all[0].qrText] })
    assert.deepEqual([refused.status, refused.code], [401, 'platforms.no_key'])
    await page.goto('/audit')
    await page.getByText('平台密钥').first().waitFor()
    await close(page)
  })

  it('read it in English', async () => {
    const page = await open(rig, { user: 'auditor' })
    await page.addInitScript(() => localStorage.setItem('language', 'en'))
    await page.goto('/platform-keys')
    await page.getByRole('heading', { name: /Platform keys/ }).waitFor()
    await page.getByText('Revoked').first().waitFor()
    assert.equal(await page.getByRole('button', { name: 'New platform key' }).count(), 0, 'an auditor makes no keys')
    await picture(page, 'platforms-english')
    await close(page)
  })

  it('verify a certificate as an Open Badge with the libraries of others, and see that it is revoked', async () => {
    const page = await open(rig, { user: 'admin' })
    const [c] = (await call(page, 'GET', '/certificates?limit=50')).items.filter(
      (x) => x.status === 'valid' && x.qrText,
    )
    const warned = []
    page.on('console', (m) => m.type() === 'error' && warned.push(m.text()))
    await page.goto(`/v/${c.publicCode}`)
    const linked = JSON.parse(await page.locator('script[type="application/ld+json"]').textContent())
    assert.equal(linked['@type'], 'EducationalOccupationalCredential')
    assert.equal(linked.identifier, c.number)
    const path = await page.locator('#credential').getAttribute('href')
    assert.deepEqual(warned, [], 'the page keeps its own policy')
    const credential = await verified(path)
    assert.equal(credential.credentialSubject.licenseNumber, c.number)
    assert.ok(!JSON.stringify(credential).includes(c.name))
    assert.equal(await revoked(credential), false)
    await call(page, 'POST', `/certificates/${c.id}/revocation`, { reason: '学时经核查不实' })
    await new Promise((resolve) => setTimeout(resolve, 1_500))
    assert.equal(await revoked(await verified(path)), true)
    await close(page)
  })
})
