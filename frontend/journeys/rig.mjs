// The rig of the browser journeys: the real program on an empty data folder
// with the demo data, at a fixed time of a June morning in Shanghai, and
// Debian's Chromium.
import { spawn } from 'node:child_process'
import { cp, mkdtemp, mkdir, readdir, rename, rm, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
/** Where the pictures go: the README's are made anew by scripts/test --pictures only. */
export const pictures = join(root, process.env.CARECERT_PICTURES ?? '.cache/pictures')
export const samples = join(root, 'modules', 'kit', 'sheet', 'testdata')
export const password = 'carecert-demo'

/** 08:40 in Shanghai: the demo's class of the day begins at 09:00. */
let clock = '2026-06-18T00:40:00Z'

/** A while before, so that no journey meets demo data of its own future. */
const loading = '2026-06-18T00:38:00Z'

/** Runs the program on a data folder until it has told its log-ins. */
async function serve({ data, port, base }, at) {
  const program = spawn(join(root, 'bin', 'carecert'), ['serve', '--demo'], {
    env: {
      ...process.env,
      CARECERT_DATA: data,
      CARECERT_ADDR: `127.0.0.1:${port}`,
      CARECERT_ENV: 'test',
      CARECERT_CLOCK: at,
      MONGODB_URI: '',
      CARECERT_BASE_URL: base,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let log = ''
  await new Promise((resolve, reject) => {
    program.stdout.on('data', (d) => {
      if (String(d).includes('login auditor') || (log += d).includes('login auditor')) resolve()
    })
    program.stderr.on('data', (d) => {
      log += d
    })
    program.on('exit', (code) => reject(new Error(`the program ended with ${code}:\n${log.slice(-4000)}`)))
  })
  return program
}

async function end(program) {
  program.removeAllListeners('exit')
  const ended = new Promise((resolve) => program.on('exit', resolve))
  program.kill('SIGTERM')
  await ended
}

const taken = (port) =>
  new Promise((resolve) => {
    const lock = createServer()
    lock.once('error', () => resolve(undefined))
    lock.listen(port, '127.0.0.1', () => resolve(lock))
  })

/** A place that no other journey has while this one runs: its port stands in the demo data's QR codes. */
async function place() {
  for (let n = 0; ; n = (n + 1) % 16) {
    const lock = await taken(18600 + n)
    if (lock) return { lock, name: `place-${n}`, port: 18700 + n, base: `http://127.0.0.1:${18700 + n}` }
  }
}

/** The demo data of a place, loaded once for a program: a journey gets a copy. */
async function demo({ name, port, base }) {
  const kept = join(root, '.cache', 'journeys')
  const { mtimeMs, size } = await stat(join(root, 'bin', 'carecert'))
  const whole = `${name}-${size}-${Math.round(mtimeMs)}`
  await mkdir(kept, { recursive: true })
  const there = await readdir(kept)
  if (!there.includes(whole)) {
    for (const old of there.filter((f) => f.startsWith(`${name}-`))) await rm(join(kept, old), { recursive: true })
    const data = join(kept, `${name}-loading`)
    await end(await serve({ data, port, base }, loading))
    await rename(data, join(kept, whole))
  }
  const data = await mkdtemp(join(tmpdir(), 'carecert-journeys-'))
  await cp(join(kept, whole), data, { recursive: true })
  return data
}

const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })

/** What a journey that failed had before its eyes: it never came to close its window. */
async function abandoned(browser) {
  for (const page of browser.contexts().flatMap((c) => c.pages())) {
    const words = await page.evaluate(() => document.body.innerText.slice(0, 1500)).catch(String)
    console.log(`left open: ${page.url()}\n${words}\n${page.broken?.join('\n') ?? ''}`)
  }
}

/** Starts the program and waits until it is ready. */
export async function start() {
  const { lock, ...at } = await place()
  const { base } = at
  const data = await demo(at)
  let began = 0
  const run = () => {
    began = Date.now() // its clock runs from here
    return serve({ data, ...at }, clock)
  }
  let program = await run()
  const browser = await launch().catch(async (e) => {
    await end(program)
    throw e
  })
  await mkdir(pictures, { recursive: true })
  return {
    base,
    browser,
    get began() {
      return began
    },
    /** The same data at another time. */
    async later(instant) {
      await end(program)
      clock = instant
      program = await run()
    },
    async stop() {
      await abandoned(browser)
      await browser.close()
      await end(program)
      await rm(data, { recursive: true, force: true })
      lock.close()
    },
  }
}

/** The program's time, give or take the moment it took to start. */
export const now = (rig) => new Date(Date.parse(clock) + Date.now() - rig.began)

/** A fresh browser window; errors of the page's scripts fail the journey. */
export async function open(rig, { user, width = 1440, height = 900, language = 'zh-CN' } = {}) {
  const context = await rig.browser.newContext({
    viewport: { width, height },
    locale: language,
    timezoneId: 'Asia/Shanghai',
    baseURL: rig.base,
    deviceScaleFactor: width < 500 ? 2 : 1,
    hasTouch: width < 500,
  })
  context.setDefaultTimeout(15_000)
  const page = await context.newPage()
  page.broken = []
  await page.clock.install({ time: new Date(clock) }) // the day of the program is the day of the browser
  page.on('pageerror', (e) => page.broken.push(String(e)))
  if (user) {
    const answer = await context.request.post('/api/v1/sessions', { data: { username: user, password } })
    if (answer.status() !== 201) throw new Error(`${user} cannot sign in: ${answer.status()} ${await answer.text()}`)
    page.session = await answer.json()
  }
  return page
}

/** Ends a window and tells what broke in it. */
export async function close(page) {
  await page.context().close()
  if (page.broken.length) throw new Error(`the page broke: ${page.broken.join('\n')}`)
}

/** Calls the API as the signed-in user. */
export async function call(page, method, path, data) {
  const answer = await page
    .context()
    .request.fetch(`/api/v1${path}`, { method, data, headers: { 'X-CSRF-Token': page.session?.csrfToken ?? '' } })
  if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`)
  return answer.status() === 204 ? null : answer.json()
}

/** Waits until nothing is loading, then takes a picture for the README. */
export async function picture(page, name) {
  await settled(page)
  await page.evaluate(() => document.fonts.ready)
  await page.screenshot({ path: join(pictures, `${name}.png`), animations: 'disabled' })
}

/** Waits for the network to fall quiet, but not for ever: some pages poll. */
export async function settled(page) {
  await page.waitForLoadState('networkidle', { timeout: 4_000 }).catch(() => {})
}
