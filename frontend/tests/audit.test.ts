import { describe, expect, it } from 'vitest'
import { act, tell } from '@/features/audit/words'

const home = '01a21a1a-9758-7c90-ac25-095a2b2b0082'
const person = '01a21a1a-978b-71dc-a03c-8fc860358196'
const names = new Map([[home, '淀山湖福利院']])

describe('the words of the log', () => {
  it('says roles and homes, not codes', () => {
    expect(tell({ grant1: `institution ${home}`, username: 'dianshanhu' }, names)).toEqual([
      { label: '授权', text: '养老机构 淀山湖福利院' },
      { label: '用户名', text: 'dianshanhu' },
    ])
  })
  it('leads to the person, and leaves out ids that say nothing', () => {
    expect(tell({ family: 'trainingCompletion', person, spell: person }, names)).toEqual([
      { label: '类别', text: '培训合格证书' },
      { label: '人员', text: '…358196', to: `/people/${person}` },
    ])
  })
  it('says an open end of time as such', () => {
    const [change] = tell({ change: `${home} caregiver 2023-03-15/9999-12-31` }, names)
    expect(change!.text).toContain('2023-03-15 至 今')
    expect(tell({ endsOn: '9999-12-31' }, names)[0]!.text).toBe('长期')
  })
  it('does not say the same thing twice', () => {
    expect(act('signIn', 'login')).toBe('登录')
    expect(act('mark', 'attendance')).toBe('登记考勤')
    expect(act('issue', 'certificate')).toBe('签发 · 证书')
  })
})
