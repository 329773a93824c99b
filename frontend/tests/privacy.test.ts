import { describe, expect, it } from 'vitest'
import en from '../src/locales/en/privacy'
import zh from '../src/locales/zh-CN/privacy'
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
    importChanges: [
      { importId: 'i', at: '2026-01-08T00:00:00Z', field: 'education', from: '', to: 'college' },
      { importId: 'i', at: '2026-01-08T00:00:00Z', field: 'phone', from: '138****8000', to: '139****5678' },
    ],
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
    formerIdNumbers: [
      { idType: 'residentId', idNumberMasked: '3101**********0039', until: '2026-02-01', why: 'corrected' },
    ],
    lookAlikes: [{ other: '另一份档案', grounds: ['phone'], state: 'open', foundAt: '2026-01-04T00:00:00Z' }],
    merges: [
      {
        name: '王秀蓝',
        idNumberMasked: '3101**********0047',
        mergedAt: '2026-01-05T00:00:00Z',
        by: '周科',
        reason: '同一人',
      },
    ],
    numberConflicts: [
      {
        number: 'S1',
        side: 'claimed',
        other: '另一份档案',
        status: 'decided',
        outcome: 'other',
        at: '2026-01-06T00:00:00Z',
      },
    ],
    transfers: [
      {
        fromOrganizationName: '甲院',
        toOrganizationName: '乙院',
        on: '2026-03-01',
        state: 'asked',
        askedAt: '2026-01-07T00:00:00Z',
        by: '钱',
      },
    ],
    recordLinks: [
      {
        purpose: 'shared',
        state: 'revoked',
        own: true,
        opened: 2,
        createdAt: '2026-01-08T00:00:00Z',
        expiresAt: '2026-01-15T00:00:00Z',
      },
    ],
    findings: [{ text: '没有学历', mend: '申请更正', since: '2026-01-09' }],
    learning: [
      {
        title: '压疮预防',
        date: '2026-01-10',
        countedSeconds: 1800,
        lostSeconds: 60,
        stretches: [{ from: '2026-01-10T01:00:00Z', to: '2026-01-10T01:30:00Z', device: 'phone', counts: false }],
        prompts: [{ thing: '杯子', askedAt: '2026-01-10T01:10:00Z', outcome: 'missed' }],
      },
    ],
    certificateLinks: [
      {
        certificateId: 'c1',
        label: '面试',
        createdAt: '2026-01-09T00:00:00Z',
        expiresAt: '2026-01-10T00:00:00Z',
        visits: [{ at: '2026-01-09T01:00:00Z', name: '周主任', office: '徐泾院', device: 'phone' }],
      },
    ],
    logbook: [
      {
        title: '岗位带教',
        topic: { text: '翻身拍背' },
        from: '2026-01-11T01:00:00Z',
        to: '2026-01-11T02:00:00Z',
        standing: 'contested',
        written: { byName: '沈护士长' },
        answered: { byName: '王秀兰', reason: '那天我休息' },
      },
    ],
    surveys: [{ title: '翻身班', on: '2026-01-13', answered: true }],
    spotChecks: [
      { at: '2026-01-14T02:00:00Z', institutionName: '甲院', byName: '周晓岚', how: 'scanned', standing: 'notOnBooks' },
    ],
    radarFindings: [
      { text: '同时出现在两节课', decidedAt: '2026-01-12T00:00:00Z', refused: 1, reason: '监控显示不在' },
    ],
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
      'importChanges',
      'formerNumbers',
      'lookAlikes',
      'merges',
      'numberConflicts',
      'transfers',
      'recordLinks',
      'certificateLinks',
      'findings',
      'learning',
      'logbook',
      'surveys',
      'spotChecks',
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
  it.each([
    ['formerNumbers', '3101**********0039', 'privacy.pastWhy.corrected'],
    [
      'importChanges',
      'privacy.fields.education',
      'privacy.change(privacy.blank,people.educations.college)',
      '139****5678',
    ],
    ['lookAlikes', '另一份档案', 'privacy.grounds.phone', 'privacy.twins.open'],
    ['merges', '王秀蓝', '同一人'],
    ['numberConflicts', 'S1', 'privacy.contest.claimed(另一份档案)', 'privacy.contest.other'],
    ['transfers', '甲院 → 乙院', 'privacy.transfer.asked'],
    ['recordLinks', 'privacy.link.shared', 'privacy.link.revoked', 'privacy.link.own', 'privacy.link.opened(2)'],
    ['certificateLinks', '面试', '周主任', '徐泾院', 'showing.device.phone'],
    ['findings', '没有学历', '申请更正'],
    [
      'learning',
      '压疮预防',
      'privacy.learned(privacy.minutes(30),privacy.minutes(1))',
      'privacy.countsNot',
      'privacy.asked(杯子)',
      'privacy.outcome.missed',
    ],
    ['logbook', '翻身拍背', 'privacy.entry.contested', '沈护士长', '那天我休息'],
    ['surveys', '翻身班', '2026-01-13', 'surveys.done'],
    ['spotChecks', '甲院', '周晓岚', 'spotchecks.standing.notOnBooks'],
    ['radarFindings', '同时出现在两节课', 'privacy.refused(1)', '监控显示不在'],
  ])('tells of %s', (key, ...has) => {
    const text = JSON.stringify(sections.find((s) => s.key === key)?.lines)
    for (const word of has) expect(text).toContain(word)
    expect(text).not.toMatch(/undefined|NaN|null/)
  })
  it('has words in both languages for all that it says', () => {
    const said = new Set<string>()
    tell(data, (key) => (said.add(key), key))
    for (const words of [zh, en])
      for (const key of [...said].filter((k) => k.startsWith('privacy.'))) {
        const found = key
          .split('.')
          .slice(1)
          .reduce<unknown>((at, k) => (at as Record<string, unknown>)?.[k], words)
        expect(typeof found, key).toBe('string')
      }
  })
  it('makes a page in which nobody can plant anything', () => {
    const html = page('T', 'n', sections, 'none', 'en')
    expect(html).toContain('&lt;b&gt;钱院长&lt;/b&gt;')
    expect(html).not.toContain('<b>')
  })
})
