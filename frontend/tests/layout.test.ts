import { describe, expect, it } from 'vitest'
import type { Content, Item } from '@/features/certificates/template/api'
import {
  added,
  changes,
  History,
  kept,
  nudged,
  raised,
  replaced,
  resized,
  snapped,
  turned,
  without,
} from '@/features/certificates/template/layout'
import { fill } from '@/features/certificates/template/words'

const item = (more: Partial<Item> = {}): Item => ({ id: 'name', type: 'text', x: 100, y: 50, w: 60, h: 10, ...more })
const content = (...elements: Item[]): Content => ({ orientation: 'landscape', elements, validity: {} })
const key = (key: string, more: object = {}) => ({
  key,
  shiftKey: false,
  altKey: false,
  ctrlKey: false,
  metaKey: false,
  ...more,
})

describe('a layout being edited', () => {
  it.each([
    ['an arrow moves by 1 mm', key('ArrowRight'), { x: 101, y: 50, w: 60 }],
    ['with Shift by 10 mm', key('ArrowUp', { shiftKey: true }), { x: 100, y: 40, w: 60 }],
    ['with Alt by 0.1 mm', key('ArrowLeft', { altKey: true }), { x: 99.9, y: 50, w: 60 }],
    ['with Ctrl it resizes', key('ArrowRight', { ctrlKey: true }), { x: 100, y: 50, w: 61 }],
  ])('%s', (_, pressed, want) => expect(nudged(item(), pressed, content())).toMatchObject(want))
  it('leaves other keys alone', () => expect(nudged(item(), key('a'), content())).toBeUndefined())
  it('stays on the page', () => {
    expect(kept(item({ x: 290, y: -3 }), content())).toMatchObject({ x: 237, y: 0 })
    expect(turned(content(item({ x: 230 })), 'portrait').elements[0]).toMatchObject({ x: 150 })
  })
  it('keeps square what has to be', () => {
    const qr = item({ id: 'qr', type: 'qr', w: 36, h: 36 })
    expect(resized(qr, ['right'], 4, 0, content())).toMatchObject({ w: 40, h: 40, x: 100 })
    expect(resized(qr, ['left', 'top'], -4, 0, content())).toMatchObject({ w: 40, h: 40, x: 96, y: 46 })
  })
  it('is drawn to the middle of the page and to its neighbours, else to whole millimetres', () => {
    const middle = snapped(item({ x: 118.9, y: 20.3 }), content())
    expect(middle.item).toMatchObject({ x: 118.5, y: 20 })
    expect(middle.guides).toEqual([{ axis: 'x', at: 148.5 }])
    const beside = snapped(item({ x: 50.8, y: 80 }), content(item({ id: 'other', x: 50, y: 120, w: 20 })))
    expect(beside.item.x).toBe(50)
  })
  it('adds under a name of its own', () => {
    const once = added(content(), 'text')
    const twice = added(once.content, 'text')
    expect([once.id, twice.id]).toEqual(['text1', 'text2'])
  })
  it('brings an element forward', () => {
    const c = content(item({ id: 'a' }), item({ id: 'b' }))
    expect(raised(c, 'a', 1).elements.map((e) => e.id)).toEqual(['b', 'a'])
    expect(raised(c, 'a', -1)).toBe(c)
  })
  it('says what changes, before and after', () => {
    const before = content(item(), item({ id: 'gone' }))
    const after = { ...without(replaced(before, item({ x: 101 })), 'gone'), validity: { months: 36 } }
    expect(changes(before, added(after, 'line').content)).toEqual([
      { id: '', kind: 'changed', property: 'months', before: '—', after: '36' },
      { id: 'name', kind: 'changed', property: 'x', before: '100', after: '101' },
      { id: 'gone', kind: 'removed' },
      { id: 'line1', kind: 'added' },
    ])
    expect(changes(before, before)).toEqual([])
  })
  it('takes a gesture back in one step', () => {
    const h = new History(0)
    h.step(1, 'drag')
    h.step(2, 'drag')
    h.rest()
    h.step(3, 'drag')
    h.undo()
    expect(h.now).toBe(2)
    h.undo()
    expect([h.now, h.canUndo]).toEqual([0, false])
    h.redo()
    h.redo()
    expect([h.now, h.canRedo]).toEqual([3, false])
    h.undo()
    h.step(9)
    expect(h.canRedo).toBe(false)
  })
  it('fills in fields and leaves other braces', () =>
    expect(fill('{name}：{other} {}', { name: '王秀兰' })).toBe('王秀兰：{other} {}'))
})
