// Package people is the unified register of everybody who works in elder care:
// one human being, one record; who they are, where they have worked and as
// what, what they learned.
//
// Owns: people_persons, people_identities, people_claims, people_probes,
// people_merges, people_twins, people_links, people_transfers, people_consents,
// people_corrections, people_quality (the judgement of each record),
// people_reminders.
//
// Announces: Registered, Changed, CareerChanged, Merged, Unmerged,
// QualityChanged. Hears: its own Changed, holdings and contested numbers
// (certificates): records are judged.
//
// Rules: identity numbers are checked by GB 11643 (rule/identity.go), kept
// sealed and shown masked; a number is registered once. Whoever registers a
// number that is there learns the person only with the right name as well, and
// may then, for half an hour, give that person a post. A career is a list of
// spells of which nothing is ever overwritten: a correction is a new version.
// An institution sees its people until their last day with it, a bureau or
// subdistrict for good. Two records that turn out to be one person are merged:
// both histories are kept and both numbers find the one that is left; a merge
// is undone as long as nothing was built on it that could be either's. Records
// that look like one person (same name and birth, same telephone) are found
// when they are entered and kept until somebody has decided on them. Years of service count overlaps once
// (rule/service.go). Duty before passed pre-job training is counted
// (rule/prejob.go, GB 38600-2019).
// A transfer ends one post and begins another in one step, by whoever reaches
// both homes, or once both have agreed. The career record is a timeline of what
// the register and its neighbours know; printed or shared, a link shows its
// masked summary until it expires or is revoked.
// Records are judged for completeness, timeliness and accuracy by dated rows
// (rule/quality*.go); what is found holds from the day of the judgement and
// never reaches back, and somebody's word settles what is simply so.
//
// What people say to the privacy notice is recorded by its version; a new one
// asks anew (PIPL articles 14–17, 28–29). Whoever finds something wrong about
// themselves asks for a correction, which somebody else decides (article 46).
package people
