// Package organizations holds who is who: bureaus, subdistricts, institutions,
// training schools, practice bases, assessment bodies and operator groups, the
// tree in which they oversee one another, and which school an institution has
// commissioned.
//
// Owns: organizations_organizations, organizations_seats,
// organizations_commissions.
//
// Announces: Registered, Renamed, Moved, Commissioned, CommissionEnded.
//
// Rules: an organisation's path is itself and whoever oversees it, nearest
// first: its parent's path, else the subdistrict of its street, the bureau of
// its district and that of its city. Paths are stored and follow when an
// overseer appears, moves or closes. An operator group is a link and oversees
// nobody. Credit codes are checked by GB 32100-2015; several sites may share
// one. A name is kept with the day it began, so that an old report shows the
// old name.
package organizations
