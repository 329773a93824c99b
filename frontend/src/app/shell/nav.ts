import { may, role } from '@/shared/session'

export interface Entry {
  name: string
  to: string
  label: string
  needs?: string[]
  notFor?: string[]
}
export interface Group {
  label?: string
  entries: Entry[]
}

const groups: Group[] = [
  {
    entries: [
      { name: 'home', to: '/', label: 'app.nav.today', notFor: ['auditor'] },
      { name: 'organizations', to: '/organizations', label: 'app.nav.organizations', needs: ['organization:list'] },
      { name: 'people', to: '/people', label: 'app.nav.people', needs: ['person:list'] },
      { name: 'corrections', to: '/privacy/corrections', label: 'app.nav.privacy', needs: ['correction:list'] },
      { name: 'imports', to: '/imports', label: 'app.nav.imports', needs: ['import:list'] },
    ],
  },
  {
    label: 'app.nav.training',
    entries: [
      { name: 'classes', to: '/classes', label: 'app.nav.classes', needs: ['class:read'] },
      { name: 'hours', to: '/hours', label: 'app.nav.hours', needs: ['hours:list'] },
      { name: 'surveys', to: '/surveys', label: 'app.nav.surveys', needs: ['survey:read'] },
    ],
  },
  {
    label: 'app.nav.skills',
    entries: [
      { name: 'certificates', to: '/certificates', label: 'app.nav.certificates', needs: ['certificate:list'] },
      {
        name: 'levels',
        to: '/certificates/levels',
        label: 'certificates.levels.title',
        needs: ['certificate:issueLevel'],
      },
    ],
  },
  {
    label: 'app.nav.oversight',
    entries: [
      {
        name: 'statistics',
        to: '/statistics',
        label: 'app.nav.statistics',
        needs: ['statistics:list', 'organization:list'],
      },
      { name: 'radar', to: '/radar', label: 'app.nav.radar', needs: ['radarFinding:read'] },
      { name: 'spotChecks', to: '/spot-checks', label: 'spotchecks.title', needs: ['spotCheck:read'] },
      { name: 'programmes', to: '/programmes', label: 'app.nav.programmes', needs: ['programme:read'] },
      { name: 'quality', to: '/quality', label: 'app.nav.quality', needs: ['statistics:list', 'organization:list'] },
      { name: 'audit', to: '/audit', label: 'app.nav.audit', needs: ['audit:list'] },
      { name: 'retention', to: '/privacy/retention', label: 'app.nav.retention', needs: ['retention:list'] },
      {
        name: 'platformKeys',
        to: '/platform-keys',
        label: 'app.nav.platformKeys',
        needs: ['platformKey:list'],
      },
      { name: 'logWitnesses', to: '/log-witnesses', label: 'witnesses.title', needs: ['logWitness:list'] },
      { name: 'users', to: '/users', label: 'app.nav.users', needs: ['user:list'] },
    ],
  },
]

const granted = (e: Entry) =>
  !e.notFor?.includes(role.value ?? '') &&
  (e.needs ?? []).every((need) => may(...(need.split(':') as [string, string])))

/** The menu by what one may do. */
export const menu = () =>
  groups.map((g) => ({ ...g, entries: g.entries.filter(granted) })).filter((g) => g.entries.length > 0)
