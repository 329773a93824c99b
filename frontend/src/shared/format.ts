/** Instants and days as people in Shanghai read them; integers as they stand. */
const zone = 'Asia/Shanghai'

function parts(instant: string | Date): Record<string, string> {
  const shown = new Intl.DateTimeFormat('en-CA', {
    timeZone: zone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(new Date(instant))
  return Object.fromEntries(shown.map((p) => [p.type, p.value]))
}

export function day(instant: string | Date): string {
  const p = parts(instant)
  return `${p.year}-${p.month}-${p.day}`
}
export function clock(instant: string | Date): string {
  const p = parts(instant)
  return `${p.hour}:${p.minute}`
}
export function moment(instant: string | Date | null | undefined): string {
  return instant ? `${day(instant)} ${clock(instant)}` : ''
}
export function moment3(instant: string | Date): string {
  return `${moment(instant)}:${parts(instant).second}`
}
/** The size of a file. */
export const size = (bytes: number) =>
  bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`
export const today = () => day(new Date())
export const thisYear = () => Number(today().slice(0, 4))

/** A wall-clock time in Shanghai (which has had no summer time since 1991) as an instant. */
export const instantOf = (date: string, time: string) => `${date}T${time.length === 5 ? `${time}:00` : time}+08:00`

export function addDays(date: string, n: number): string {
  const d = new Date(`${date}T00:00:00Z`)
  d.setUTCDate(d.getUTCDate() + n)
  return d.toISOString().slice(0, 10)
}
export const daysBetween = (from: string, to: string) =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000)

/** A span of days as people write it: the second year and a same day are left out. */
export const span = (from: string, to: string) =>
  from === to ? from : `${from} – ${to.slice(0, 4) === from.slice(0, 4) ? to.slice(5) : to}`

export const count = (n: number | bigint) => n.toLocaleString('en-US')

/** numerator/denominator in percent, two decimals, truncated like the server's. */
export function percent(numerator: number, denominator: number): string {
  if (denominator === 0) return '0.00'
  const hundredths = (BigInt(numerator) * 10_000n) / BigInt(denominator)
  return `${hundredths / 100n}.${String(hundredths % 100n).padStart(2, '0')}`
}

/** Class hours of 45 minutes (or as the rule says), two decimals, truncated; trailing zeros left out. */
export function classHours(minutes: number, per = 45): string {
  const hundredths = Math.floor((minutes * 100) / per)
  const shown = `${Math.floor(hundredths / 100)}.${String(hundredths % 100).padStart(2, '0')}`
  return shown.replace(/\.?0+$/, '')
}

/** What is still missing, in class hours rounded up: whoever gets that much has enough. */
export function missingHours(minutes: number, per = 45): string {
  const shown = (Math.ceil((minutes * 100) / per) / 100).toFixed(2)
  return shown.replace(/\.?0+$/, '')
}

/** 7QK4M2XW9DHCT3VN → 7QK4 M2XW 9DHC T3VN */
export const spaced = (code: string) => (/^[0-9A-Z]{16}$/.test(code) ? code.replace(/(.{4})(?=.)/g, '$1 ') : code)

/** How an address begins; in a template the type check takes the two slashes for a comment. */
export const HTTPS = 'https://'
