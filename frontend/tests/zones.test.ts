import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'

const src = join(__dirname, '..', 'src')
const files = (dir: string): string[] =>
  readdirSync(dir)
    .flatMap((n) => (statSync(join(dir, n)).isDirectory() ? files(join(dir, n)) : [join(dir, n)]))
    .filter((f) => /\.(ts|vue)$/.test(f))
const all = files(src).filter((f) => !f.includes('generated'))

/** app and phone stand on features and shared; a feature on shared; shared on nothing of ours. */
function zone(path: string): string {
  const [first, second] = relative(src, path).split('/')
  return first === 'features' ? `features/${second}` : first!
}
function imported(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)]
    .map((m) => m[1]!)
    .flatMap((to) => {
      if (to.startsWith('@/')) return [join(src, to.slice(2))]
      return to.startsWith('.') ? [join(file, '..', to)] : []
    })
}

describe('import zones, read from the folders as they are', () => {
  const features = readdirSync(join(src, 'features'))
  it('knows the features', () => expect(features.length).toBeGreaterThan(7))

  it.each(features)('%s imports no other feature', (feature) => {
    const foreign = all
      .filter((f) => zone(f) === `features/${feature}`)
      .flatMap((f) =>
        imported(f)
          .map(zone)
          .filter((z) => !['shared', 'generated', `features/${feature}`].includes(z))
          .map((z) => `${relative(src, f)} → ${z}`),
      )
    expect(foreign).toEqual([])
  })
  it('shared stands alone', () => {
    expect(
      all
        .filter((f) => zone(f) === 'shared')
        .flatMap((f) =>
          imported(f)
            .map(zone)
            .filter((z) => !['shared', 'generated', 'locales'].includes(z))
            .map((z) => `${relative(src, f)} → ${z}`),
        ),
    ).toEqual([])
  })
  it('the phone and the public pages use no office page', () => {
    expect(
      all
        .filter((f) => ['phone', 'verify', 'draw'].includes(zone(f)))
        .flatMap((f) =>
          imported(f)
            .map(zone)
            .filter((z) => !['shared', 'generated', 'locales', zone(f)].includes(z))
            .map((z) => `${relative(src, f)} → ${z}`),
        ),
    ).toEqual([])
  })
  it('the public pages carry no framework', () => {
    const heavy = all
      .filter((f) => ['verify', 'draw'].includes(zone(f)))
      .filter((f) => /from '(vue|element-plus|vant|openapi-fetch)/.test(readFileSync(f, 'utf8')))
    expect(heavy).toEqual([])
  })
  it('no file is longer than 350 lines', () => {
    expect(all.filter((f) => readFileSync(f, 'utf8').split('\n').length > 350).map((f) => relative(src, f))).toEqual([])
  })
})
