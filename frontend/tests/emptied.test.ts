import { describe, expect, it } from 'vitest'
import type { Organization } from '@/features/organizations/api'
import { changed as organizationChanged, drafted, type Form } from '@/features/organizations/change'
import type { Person } from '@/features/people/api'
import { changed, complete, silent, type Edited } from '@/features/people/change'

const nothing = null as unknown as undefined // what a picker of days is emptied to

describe('what is sent of a person', () => {
  const said: Edited = {
    name: 'ANNA LEE',
    education: 'college',
    major: '护理',
    kinds: ['caregiver', 'student'],
    birthDate: '1985-06-15',
    gender: 'female',
    phone: '',
  }
  const person = { ...said, idType: 'passport' } as unknown as Person
  const form = (change: Partial<Edited> = {}): Edited => ({ ...said, ...change })
  it.each<[string, Partial<Edited>, object]>([
    ['nothing that stays', {}, {}],
    ['an emptied education', { education: undefined }, { education: '' }],
    ['an emptied major', { major: '' }, { major: '' }],
    ['an emptied day of birth', { birthDate: nothing }, { birthDate: '' }],
    ['an emptied gender', { gender: undefined }, { gender: '' }],
    ['another education', { education: 'bachelor' }, { education: 'bachelor' }],
    ['other kinds', { kinds: ['student'] }, { kinds: ['student'] }],
    ['another telephone', { phone: '13800138000' }, { phone: '13800138000' }],
  ])('%s', (_, change, sent) => expect(changed(form(change), person)).toEqual(sent))
  it('the telephone taken away', () => expect(changed(form(), person, true)).toEqual({ phone: '' }))
  it('nothing that was empty and stays so', () => {
    const bare = { ...person, education: undefined, major: undefined, birthDate: undefined, gender: undefined }
    const emptied = form({ education: undefined, major: '', birthDate: nothing, gender: undefined })
    expect(changed(emptied, bare)).toEqual({})
  })
  it('not what their number tells', () => {
    const told = { ...person, idType: 'residentId' } as Person
    expect([silent(told), silent(person)]).toEqual([false, true])
    expect(changed(form({ birthDate: nothing, gender: undefined, major: '' }), told)).toEqual({ major: '' })
  })
  it('not a name or the kinds emptied', () => {
    expect(complete(form(), person)).toBe(true)
    expect(complete(form({ name: '  ' }), person)).toBe(false)
    expect(complete(form({ kinds: [] }), person)).toBe(false)
    expect(complete(form({ kinds: [] }), { ...person, kinds: null })).toBe(true)
    expect(changed(form({ kinds: [] }), { ...person, kinds: null })).toEqual({})
  })
})

describe('what is sent of an organisation', () => {
  const home = {
    kind: 'institution',
    name: '养护院',
    divisionCode: '310118',
    subdistrictCode: '310118001',
    approvedBeds: 120,
    grade: '二级',
    parentId: 'o1',
  } as Organization
  const body = {
    kind: 'assessmentBody',
    name: '中心',
    divisionCode: '310118',
    occupations: ['4-10-01-05'],
    validTo: '2026-12-31',
  } as Organization
  const form = (of: Organization, change: Partial<Form> = {}) => ({ ...of, from: '2026-06-18', ...change }) as Form
  it.each<[string, Partial<Form>, object, string[]]>([
    ['beds that stay', {}, { approvedBeds: 120, grade: '二级' }, ['occupations']],
    ['beds emptied', { approvedBeds: nothing }, { approvedBeds: 0 }, []],
    ['beds of none', { approvedBeds: 0 }, { approvedBeds: 0 }, []],
    ['a grade emptied', { grade: undefined }, { grade: '', approvedBeds: 120 }, []],
    [
      'a street and whoever oversees it',
      { subdistrictCode: '', parentId: '' },
      { subdistrictCode: '', parentId: '' },
      [],
    ],
  ])('%s', (_, change, has, not) => {
    const sent = organizationChanged(form(home, change), home)
    expect(sent).toMatchObject({ ...has, from: '2026-06-18' })
    for (const k of [...not, 'kind', 'closedOn']) expect(sent).not.toHaveProperty(k)
  })
  it('beds that were never said are not', () => {
    const unsaid = { ...home, approvedBeds: undefined }
    expect(organizationChanged(form(unsaid, { approvedBeds: nothing }), unsaid)).not.toHaveProperty('approvedBeds')
  })
  it.each<[string, string[] | undefined, string[]]>([
    ['occupations that stay', ['4-10-01-05'], ['4-10-01-05']],
    ['occupations emptied', [], []],
    ['all of them cleared', undefined, []],
  ])('%s', (_, occupations, sent) =>
    expect(organizationChanged(form(body, { occupations }), body)).toMatchObject({ occupations: sent }),
  )
  it('the day it closed, emptied', () => {
    const closed = { ...home, closedOn: '2026-01-31' }
    expect(organizationChanged(form(closed, { closedOn: nothing }), closed)).toMatchObject({ closedOn: '' })
  })
  it.each<[string, string]>([
    ['institution', 'g1'],
    ['trainingSchool', 'g1'],
    ['practiceBase', 'g1'],
    ['assessmentBody', 'g1'],
  ])('the operator group of a %s stays, and is taken away where it is emptied', (kind, group) => {
    const linked = { kind, name: '单位', divisionCode: '310118', operatorGroupId: group } as Organization
    expect(organizationChanged(form(linked, { name: '新单位' }), linked)).toMatchObject({ operatorGroupId: group })
    expect(organizationChanged(form(linked, { operatorGroupId: undefined }), linked)).toMatchObject({
      operatorGroupId: '',
    })
  })
  it.each<[string]>([['subdistrict'], ['districtBureau'], ['cityBureau'], ['operatorGroup'], ['trainingSchool']])(
    'nothing that the form of a %s does not show',
    (kind) => {
      const of = { kind, name: '单位', divisionCode: '310118' } as Organization
      const once = {
        ...of,
        approvedBeds: 90,
        grade: '三级',
        assessmentCode: 'S000031000012',
        validFrom: '2020-01-01',
        validTo: '2029-12-31',
        ...(kind === 'trainingSchool' ? {} : { operatorGroupId: 'g1' }),
        ...(kind === 'operatorGroup' ? { parentId: 'o1' } : {}),
      } as Organization
      expect(organizationChanged(form(once, { name: '新名' }), once)).toEqual({
        name: '新名',
        divisionCode: '310118',
        from: '2026-06-18',
      })
    },
  )
  it('when it is registered: nothing empty, and nothing of another kind', () => {
    const draft = form(body, { occupations: [], approvedBeds: 9, validFrom: nothing, from: undefined })
    expect(drafted(draft)).toEqual({
      kind: 'assessmentBody',
      name: '中心',
      divisionCode: '310118',
      validTo: '2026-12-31',
    })
  })
})
