import { describe, expect, it } from 'vitest'
import { compare, type Known } from '@/verify/compare'
import type { Facts } from '@/shared/proof/payload'

const facts: Facts = {
  key: 1,
  code: '041061050R3GG28A',
  family: 5,
  nameMasked: '王*兰',
  issuer: '上海市青浦区晚晴护理评…',
  issuedOn: '2026-04-04',
  expiresOn: '',
  title: '养老护理员',
  level: 4,
  minutes: 0,
  number: 'S000031000012264000123',
  identity: 0,
  status: 1,
}
const known: Known = {
  families: ['职业技能等级证书', 'Vocational Skill Level Certificate'],
  levels: { 3: ['三级/高级工', 'Level 3'], 4: ['四级/中级工', 'Level 4'], 5: ['五级/初级工', 'Level 5'] },
}
const paper = [
  '职业技能等级证书',
  '姓名　王秀兰',
  '职业名称 养老护理员',
  '等级 四级 / 中级工',
  '证书编号 S000031000012264000123',
  '上海市青浦区晚晴护理评价中心',
  '2026年4月4日',
]
const missing = (lines: string[], f: Partial<Facts> = {}, k: Partial<Known> = {}) =>
  compare({ ...facts, ...f }, lines, { ...known, ...k })
    .facts.filter((x) => !x.found)
    .map((x) => x.key)
const swap = (from: string, to: string) => paper.map((l) => l.replace(from, to))

describe('a document beside its signed facts', () => {
  it('says the same', () => {
    expect(missing(paper)).toEqual([])
    expect(compare(facts, paper, known).unsigned).toEqual([])
    expect(compare(facts, paper, known).facts.map((f) => f.key)).toEqual([
      'holder',
      'certificate',
      'subject',
      'level',
      'issuer',
      'issuedOn',
      'number',
    ])
  })
  it.each([
    ['another name', swap('王秀兰', '李秀兰'), ['holder']],
    ['a longer name', swap('王秀兰', '王秀秀兰'), ['holder']],
    ['a higher level', swap('四级 / 中级工', '三级 / 高级工'), ['level']],
    ['another number', swap('264000123', '264000124'), ['number']],
    ['an earlier day', swap('2026年4月4日', '2025年4月4日'), ['issuedOn']],
    ['another issuer', swap('晚晴', '朝阳'), ['issuer']],
    ['another kind', swap('职业技能等级证书', '荣誉证书'), ['certificate']],
    ['another occupation', swap('养老护理员', '健康管理师'), ['subject']],
    ['nothing', [], ['holder', 'certificate', 'subject', 'level', 'issuer', 'issuedOn', 'number']],
  ])('shows %s', (_, lines, apart) => expect(missing(lines)).toEqual(apart))
  it.each(['2026-04-04', '2026.4.4', '2026/04/04', '２０２６年４月４日', '2026 年 04 月 04 日'])(
    'reads the day %s',
    (day) => expect(missing(swap('2026年4月4日', day))).toEqual([]),
  )
  it('names what else stands there', () => {
    const more = [...paper, '补办于 2026-05-01', '0007-2026-00012', '二级/技师']
    expect(compare(facts, more, { ...known, levels: { ...known.levels, 2: ['二级/技师'] } }).unsigned).toEqual([
      '2026-05-01',
      '0007-2026-00012',
      '二级/技师',
    ])
  })
  it('counts hours as certificates print them', () => {
    const training = { level: 0, minutes: 180, family: 1 }
    const of = (line: string, hours?: string) =>
      missing([...paper.filter((l) => !l.includes('四级')), line], training, { classHours: hours })
    expect(of('共4.00课时')).toEqual([])
    expect(of('共 4 课时')).toEqual([])
    expect(of('共14课时')).toEqual(['minutes'])
    expect(of('共4.50课时')).toEqual(['minutes'])
    expect(of('共3.60课时', '3.60')).toEqual([])
  })
  it('takes many stars for as many characters or more', () => {
    const name = (n: string) => missing(swap('王秀兰', n), { nameMasked: '阿******提' })
    expect(name('阿卜杜热合曼提')).toEqual(['holder'])
    expect(name('阿卜杜热合曼·买提')).toEqual([])
  })
})
