// Package spotchecks records inspections on the spot (现场检查): an inspector
// carries an institution's roster on the phone, scans its staff without a
// network, signs the result at the place and sends it when back.
//
// What was carried is kept as it was given out, with its hash; what comes back
// is signed by the key of the phone that it was given to, and never altered.
// The phone judges with the keys and lists that it carries; the house judges
// every code again, as of the scan, counts again, and names what differs. The
// institution learns of a check when its result is there, never before.
//
// Owns: spotchecks_checks, spotchecks_packs (rosters as they were carried),
// spotchecks_results (as they were signed, with what the house found),
// spotchecks_met (who was met in which check).
//
// Announces: nothing. Hears: merges. Asks: the register who is on post,
// statistics whom the certification rate holds certified, certificates and
// presentations what a code is worth.
//
// Rules: how long a roster is carried and how large it may be are a row
// (policies/rules/spot-checks.yaml); counting is rule.Roster.Count, which the
// phone does alike.
package spotchecks
