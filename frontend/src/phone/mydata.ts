import { changeOf } from '@/shared/correction'
import { classHours, moment } from '@/shared/format'
import { named } from '@/shared/record/record'
import type { PersonalData } from './privacy'

export interface Line {
  label?: string
  text: string
  small?: string
}
export interface Section {
  key: string
  title: string
  lines: Line[]
}
type Say = (key: string, params?: Record<string, unknown>) => string
type Loose = Record<string, unknown>

const list = (part: unknown): Loose[] => (Array.isArray(part) ? (part as Loose[]) : [])
const word = (v: unknown) => (typeof v === 'string' || typeof v === 'number' ? String(v) : '')
const joined = (...words: (string | undefined | false | null)[]) => words.filter(Boolean).join(' · ')

/** A part whose shape this page does not know is told by its own names, so that nothing kept goes untold. */
function plain(part: unknown): Line[] {
  return list(part).map((x) => {
    const told = Object.entries(x).filter(([k, v]) => word(v) && !/id$/i.test(k))
    const head = ['title', 'name', 'ruleName'].map((k) => word(x[k])).find(Boolean)
    return {
      text: head ?? told.map(([, v]) => word(v)).join(' · '),
      small: head
        ? told
            .filter(([, v]) => word(v) !== head)
            .map(([k, v]) => `${k}: ${word(v)}`)
            .join(' · ')
        : undefined,
    }
  })
}

/** From a day to a day, or the one day. */
const days = (from: string, to: string) => (from === to ? from : `${from}–${to}`)
const clock = (v: unknown) => (word(v) ? moment(word(v)) : '')

const codes: Record<string, string> = { education: 'educations', gender: 'genders', kinds: 'roles' }
const saidOf = (field: string, said: string, t: Say) =>
  said
    .split(',')
    .map((v) => (v && codes[field] ? t(`people.${codes[field]}.${v}`) : v))
    .join(t('people.and')) || t('privacy.blank')

/** What the register and its neighbours did about somebody, and found. */
function traces(d: PersonalData, t: Say): [string, Line[]][] {
  const span = (from: unknown, to: unknown) => {
    const [a, b] = [clock(from), clock(to)]
    return `${a}–${a.slice(0, 10) === b.slice(0, 10) ? b.slice(11) : b}`
  }
  const length = (seconds: unknown) => {
    const s = Number(seconds)
    return s > 0 && s < 60 ? t('privacy.seconds', { n: s }) : t('privacy.minutes', { n: Math.floor(s / 60) })
  }
  return [
    [
      'formerNumbers',
      (d.formerIdNumbers ?? []).map((n) => ({
        text: joined(t(`people.idTypes.${n.idType}`), n.idNumberMasked),
        small: joined(t(`privacy.pastWhy.${n.why}`), t('privacy.until', { on: n.until })),
      })),
    ],
    [
      'lookAlikes',
      (d.lookAlikes ?? []).map((l) => ({
        text: joined(l.other, (l.grounds ?? []).map((g) => t(`privacy.grounds.${g}`)).join(t('people.and'))),
        small: joined(t(`privacy.twins.${l.state}`), moment(l.foundAt)),
      })),
    ],
    [
      'merges',
      (d.merges ?? []).map((m) => ({
        text: joined(m.name, m.idNumberMasked),
        small: joined(moment(m.mergedAt), m.by, m.reason),
      })),
    ],
    [
      'numberConflicts',
      list(d.numberConflicts).map((c) => ({
        text: joined(word(c.number), t(`privacy.contest.${word(c.side)}`, { other: word(c.other) })),
        small: joined(t(`privacy.contest.${word(c.outcome) || 'open'}`), clock(c.at)),
      })),
    ],
    [
      'transfers',
      (d.transfers ?? []).map((x) => ({
        text: joined(`${x.fromOrganizationName} → ${x.toOrganizationName}`, x.on),
        small: joined(t(`privacy.transfer.${x.state}`), moment(x.askedAt), x.by, x.reason, x.answer),
      })),
    ],
    [
      'recordLinks',
      (d.recordLinks ?? []).map((l) => ({
        text: joined(
          t(`privacy.link.${l.purpose}`),
          t(`privacy.link.${l.state}`),
          l.own ? t('privacy.link.own') : l.by,
        ),
        small: joined(span(l.createdAt, l.expiresAt), t('privacy.link.opened', { n: l.opened })),
      })),
    ],
    [
      'certificateLinks',
      list(d.certificateLinks).flatMap((l) => [
        { text: joined(word(l.label) || t('privacy.link.certificate')), small: span(l.createdAt, l.expiresAt) },
        ...list(l.visits).map((v) => ({
          text: clock(v.at),
          small: joined(word(v.name), word(v.office), t(`showing.device.${word(v.device)}`)),
        })),
      ]),
    ],
    [
      'findings',
      (d.findings ?? []).map((f) => ({ text: f.text, small: joined(t('privacy.since', { on: f.since }), f.mend) })),
    ],
    [
      'learning',
      list(d.learning).flatMap((l) => [
        {
          text: joined(word(l.title), word(l.date)),
          small: t('privacy.learned', {
            counted: length(l.countedSeconds),
            lost: length(l.lostSeconds),
          }),
        },
        ...list(l.stretches).map((w) => ({
          text: span(w.from, w.to),
          small: joined(word(w.device), t(w.counts ? 'privacy.counts' : 'privacy.countsNot')),
        })),
        ...list(l.prompts).map((p) => ({
          text: t('privacy.asked', { thing: word(p.thing) }),
          small: joined(t(`privacy.outcome.${word(p.outcome)}`), clock(p.askedAt)),
        })),
      ]),
    ],
    [
      'logbook',
      list(d.logbook).map((e) => {
        const topic = (e.topic ?? {}) as Loose
        const [written, answered] = [e.written, e.answered].map((s) => (s ?? {}) as Loose)
        return {
          text: joined(word(e.title), word(topic.text) || word(topic.standard), span(e.from, e.to)),
          small: joined(
            t(`privacy.entry.${word(e.standing)}`),
            word(written!.byName),
            word(answered!.byName),
            word(answered!.reason),
            word(e.remark),
          ),
        }
      }),
    ],
    [
      'surveys',
      list(d.surveys).map((x) => ({
        text: joined(word(x.title), word(x.on)),
        small: t(x.answered ? 'surveys.done' : 'surveys.open'),
      })),
    ],
    [
      'spotChecks',
      list(d.spotChecks).map((x) => ({
        text: joined(word(x.institutionName), clock(x.at)),
        small: joined(t(`spotchecks.standing.${word(x.standing)}`), t(`spotchecks.how.${word(x.how)}`), word(x.byName)),
      })),
    ],
    [
      'radarFindings',
      list(d.radarFindings).map((f) => ({
        text: word(f.text),
        small: joined(
          t('privacy.confirmedAt', { at: clock(f.decidedAt) }),
          Number(f.refused) > 0 && t('privacy.refused', { n: Number(f.refused) }),
          word(f.reason),
        ),
      })),
    ],
  ]
}

/** Everything that is kept about somebody, in words: for the page and for the file alike. */
export function tell(d: PersonalData, t: Say): Section[] {
  const p = d.person
  const fact = (label: string, value?: string) => ({ label, text: value || t('privacy.blank') })
  const section = (key: string, lines: Line[]): Section => ({ key, title: t(`privacy.part.${key}`), lines })
  return [
    section('facts', [
      fact(t('people.name'), p.name),
      fact(t(`people.idTypes.${p.idType}`), d.idNumber),
      fact(t('people.phone'), d.phone),
      fact(t('people.birth'), p.birthDate),
      fact(t('people.gender'), p.gender && t(`people.genders.${p.gender}`)),
      fact(t('people.education'), p.education && t(`people.educations.${p.education}`)),
      fact(t('people.major'), p.major),
      fact(t('people.kinds'), (p.kinds ?? []).map((k) => t(`people.roles.${k}`)).join(t('people.and'))),
      ...(d.otherNames?.length ? [fact(t('privacy.otherNames'), d.otherNames.join(t('people.and')))] : []),
    ]),
    section(
      'spells',
      (d.spells ?? []).map((s) => ({
        text: joined(
          named(s.organizationName, s.organizationNameNow),
          t(`people.roles.${s.role}`),
          `${s.startedOn}–${s.endedOn || t('shared.now')}`,
        ),
        small: joined(t(s.supersededAt ? 'privacy.superseded' : 'privacy.current'), moment(s.recordedAt), s.reason),
      })),
    ),
    section(
      'training',
      list(d.training).map((c) => ({
        text: word(c.title),
        small: joined(word(c.providerName), days(word(c.startsOn), word(c.endsOn))),
      })),
    ),
    section(
      'hours',
      list(d.hours).map((y) => ({
        text: joined(
          word(y.year),
          t('hours.nHours', { n: classHours(Number(y.creditedMinutes ?? 0), Number(y.minutesPerClassHour) || 45) }),
          t(`hours.status.${word(y.status)}`),
        ),
      })),
    ),
    section('assessments', plain(d.assessments)),
    section(
      'certificates',
      list(d.certificates).map((c) => ({
        text: joined(word(c.title) || t(`certificates.family.${word(c.family)}`), word(c.number)),
        small: joined(word(c.issuerName), word(c.issuedOn), t(`certificates.status.${word(c.status)}`)),
      })),
    ),
    section('honours', plain(d.honours)),
    section('subsidies', plain(d.subsidies)),
    section('conduct', plain(d.conduct)),
    section(
      'devices',
      list(d.devices).map((x) => ({
        text: word(x.label) || t('phone.devices.nameless'),
        small: t('phone.devices.since', { on: moment(word(x.since)) }),
      })),
    ),
    section(
      'consents',
      (d.consents ?? []).map((c) => ({
        text: c.withdrawn
          ? t('privacy.withdrawn')
          : joined(
              t('privacy.given', { version: c.version }),
              t(c.separate ? 'privacy.separate' : 'privacy.notSeparate'),
            ),
        small: joined(
          moment(c.at),
          t(`privacy.channel.${c.channel}`),
          c.signedOn && t('privacy.signedOn', { on: c.signedOn }),
          c.by,
        ),
      })),
    ),
    section(
      'corrections',
      (d.corrections ?? []).map((c) => ({
        text: joined(
          t(`privacy.fields.${c.field}`),
          c.field === 'other' ? c.wanted : t('privacy.change', changeOf(c, t)),
          t(`privacy.status.${c.state}`),
        ),
        small: joined(moment(c.askedAt), c.reason, c.answer),
      })),
    ),
    section(
      'accounts',
      (d.accounts ?? []).flatMap((a) => [
        {
          text: joined(a.username, (a.roles ?? []).map((r) => t(`shared.role.${r}`)).join('、')),
          small: t('privacy.createdOn', { on: moment(a.createdAt) }),
        },
        ...(a.uses ?? []).map((u) => ({
          text: t(`privacy.uses.${u.verb}`),
          small: joined(moment(u.at), u.address && t('privacy.from', { address: u.address })),
        })),
      ]),
    ),
    section(
      'disclosures',
      (d.disclosures ?? []).map((x) => ({
        text: joined(x.by, t(`privacy.looks.${x.verb}`, { field: x.field ? t(`people.${x.field}`) : '' })),
        small: joined(moment(x.at), x.organizationName, x.reason),
      })),
    ),
    section(
      'imports',
      (d.imports ?? []).map((i) => ({ text: i.fileName, small: joined(moment(i.at), i.by, i.organizationName) })),
    ),
    section(
      'importChanges',
      (d.importChanges ?? []).map((m) => ({
        text: joined(
          t(`privacy.fields.${m.field}`),
          t('privacy.change', { from: saidOf(m.field, m.from, t), to: saidOf(m.field, m.to, t) }),
        ),
        small: moment(m.at),
      })),
    ),
    ...traces(d, t).map(([key, lines]) => section(key, lines)),
    section(
      'told',
      (d.told ?? []).map((n) => ({ text: n.text, small: moment(n.at) })),
    ),
  ]
}

const escape = (s: string) =>
  s.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

/** A page that stands alone, to keep or to print. */
export function page(title: string, note: string, sections: Section[], nothing: string, lang: string): string {
  const line = (l: Line) =>
    `<li>${l.label ? `${escape(l.label)}　` : ''}${escape(l.text)}${l.small ? `<small>${escape(l.small)}</small>` : ''}</li>`
  const body = sections
    .map(
      (s) =>
        `<h2>${escape(s.title)}</h2>${s.lines.length ? `<ul>${s.lines.map(line).join('')}</ul>` : `<p>${escape(nothing)}</p>`}`,
    )
    .join('\n')
  return `<!doctype html>
<html lang="${lang}"><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escape(title)}</title>
<style>body{font:16px/1.6 system-ui,"PingFang SC","Microsoft YaHei",sans-serif;max-width:44em;margin:2em auto;padding:0 1em;color:#1d2a2c}h1{font-size:1.5em}h2{font-size:1.05em;margin:1.6em 0 .3em;border-bottom:1px solid #ddd}ul{list-style:none;padding:0;margin:0}li{padding:.35em 0;overflow-wrap:anywhere}small{display:block;color:#667}p{color:#667}@media print{body{margin:0}h2{break-after:avoid}li{break-inside:avoid}}</style>
<h1>${escape(title)}</h1><p>${escape(note)}</p>
${body}
</html>
`
}
