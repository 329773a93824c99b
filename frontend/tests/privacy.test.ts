import { describe, expect, it } from 'vitest'
import { page, tell } from '../src/phone/mydata'
import { unanswered, type PersonalData } from '../src/phone/privacy'
import { changeOf } from '../src/shared/correction'

const t = (key: string, params?: Record<string, unknown>) =>
  params ? `${key}(${Object.values(params).join(',')})` : key

describe('the notice comes first', () => {
  it.each([
    ['who has said nothing', { state: 'missing', current: '2' }, null, true],
    ['who consented to an earlier version', { state: 'outdated', current: '2' }, null, true],
    ['not who has consented', { state: 'given', current: '2' }, null, false],
    ['nor who took it back', { state: 'withdrawn', current: '2' }, null, false],
    ['nor who put it off at this sign-in', { state: 'missing', current: '2' }, 'li 2', false],
    ['but again for the next version', { state: 'missing', current: '3' }, 'li 2', true],
    ['and for somebody else on the same phone', { state: 'missing', current: '2' }, 'wang 2', true],
    ['nobody while there is no notice', { state: 'missing', current: '' }, null, false],
  ] as const)('for %s', (_, c, postponed, want) => expect(unanswered(c, postponed, 'li')).toBe(want))
})

describe('what a correction would change', () => {
  const base = { current: '', wanted: '', spell: undefined, before: undefined }
  it('says a masked number, or the whole one once it was opened', () => {
    const c = { ...base, field: 'phone', current: '138****8000', wanted: '139****5678' } as const
    expect(changeOf(c, t)).toEqual({ from: '138****8000', to: '139****5678' })
    expect(changeOf(c, t, '13912345678').to).toBe('13912345678')
  })
  it('says an education in words, and nothing as nothing', () => {
    expect(changeOf({ ...base, field: 'education', wanted: 'college' }, t)).toEqual({
      from: 'privacy.blank',
      to: 'people.educations.college',
    })
  })
  it('keeps of a spell what is not asked for', () => {
    const c = {
      ...base,
      field: 'employment',
      before: { role: 'caregiver', startedOn: '2025-03-01', endedOn: '2025-08-31' },
      spell: { spellId: 's', stillOnPost: true },
    } as const
    expect(changeOf(c, t)).toEqual({
      from: 'people.roles.caregiver 2025-03-01–2025-08-31',
      to: 'people.roles.caregiver 2025-03-01–shared.now',
    })
  })
})

describe('everything about oneself', () => {
  const data = {
    exportedAt: '2026-06-18T00:40:00Z',
    idNumber: '310118198506150021',
    phone: '13800138000',
    otherNames: ['王秀蓝'],
    person: { name: '王秀兰', idType: 'residentId', kinds: ['caregiver'] },
    spells: [],
    consents: [],
    corrections: [],
    imports: [],
    accounts: [
      {
        username: 'wang',
        roles: ['caregiver'],
        createdAt: '2026-01-01T00:00:00Z',
        uses: [{ at: '2026-01-02T00:00:00Z', verb: 'signIn', address: '10.0.0.1' }],
      },
    ],
    disclosures: [
      { at: '2026-01-03T00:00:00Z', verb: 'reveal', field: 'idNumber', by: '<b>钱院长</b>', reason: '社保' },
    ],
    training: [],
    hours: [],
    certificates: [],
    honours: [{ title: '优秀护理员', year: 2025, personId: 'x' }],
    assessments: [],
    subsidies: [],
    conduct: [],
  } as unknown as PersonalData
  const sections = tell(data, t)
  it('names every part, also the empty ones', () =>
    expect(sections.map((s) => s.key)).toEqual([
      'facts',
      'spells',
      'training',
      'hours',
      'assessments',
      'certificates',
      'honours',
      'subsidies',
      'conduct',
      'devices',
      'consents',
      'corrections',
      'accounts',
      'disclosures',
      'imports',
      'formerNumbers',
      'lookAlikes',
      'merges',
      'numberConflicts',
      'transfers',
      'recordLinks',
      'findings',
      'learning',
      'logbook',
      'radarFindings',
      'told',
    ]))
  it('tells the number in clear, the uses and the looks', () => {
    const text = JSON.stringify(sections)
    for (const has of [
      '310118198506150021',
      '王秀蓝',
      'privacy.uses.signIn',
      '10.0.0.1',
      '社保',
      '优秀护理员',
      'year: 2025',
    ])
      expect(text).toContain(has)
    expect(text).not.toContain('personId')
  })
  it('makes a page in which nobody can plant anything', () => {
    const html = page('T', 'n', sections, 'none', 'en')
    expect(html).toContain('&lt;b&gt;钱院长&lt;/b&gt;')
    expect(html).not.toContain('<b>')
  })
})
