// Package organizations holds who is who: bureaus, subdistricts, institutions,
// training schools, practice bases, assessment bodies and operator groups, the
// tree in which they oversee one another, and which school an institution has
// commissioned.
//
// Owns: organizations_organizations, organizations_seats,
// organizations_commissions, organizations_directors (who directs what, heard
// from people's careers), organizations_changes (history).
//
// Announces: Registered, Renamed, Moved, Commissioned, CommissionEnded.
// Asks: people, training, certificates for what occupations are called.
//
// Rules: an organisation's path is itself and whoever oversees it, nearest
// first: its parent's path, else the subdistrict of its street, the bureau of
// its district and that of its city. Paths are stored and follow when an
// overseer appears, moves or closes. An operator group is a link and oversees
// nobody. Credit codes are checked by GB 32100-2015; several sites may share
// one. A name, and the terms with the path, are kept with the day from which
// they hold and the instant since which that is known: an old report shows the
// old name, tree and beds, while who may see whom follows the tree of today.
// Whoever is registered has overseen its region for ever; a second open
// office of a region is told, since all there is under both. An institution without a director is flagged. A place does not
// close over people on post or open classes; a day to come is warned about.
// More assessment bodies than a province files for an occupation
// (policies/rules/organizations.yaml) are warned about, never refused. A bureau
// above an organisation puts it on the blacklist for a time, with the reason,
// and takes it off; neighbours ask the card. Beds, clinic, grade and the mark of
// a small care home are an institution's, code, validity and occupations an
// assessment body's: what is both is registered as each.
package organizations
