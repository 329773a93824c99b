// Package witnesses sends signed heads of the issuance log to outside witnesses
// that the administrator names, so that whoever rewrites the log has to answer
// to somebody else's copy; and is such a witness for other logs.
//
// Owns: witnesses_witnesses, witnesses_deliveries (each head to each witness, at
// most once acknowledged), witnesses_watched (logs of others), witnesses_heads
// (what they sent), witnesses_alarms (heads that do not follow, as evidence),
// witnesses_keys (what countersignatures are made with, sealed).
// Announces: nothing. Hears: nothing.
// Asks: the issuance log (ports.go).
//
// A head goes to each witness once a day, and when somebody asks for it: to
// another bureau with the proof that it goes on from the last one it
// acknowledged (wire), into a folder that the operator mounts, by mail, or into
// somebody's hands (carry). What goes wrong is tried again, what is refused is
// shown. How long a witness may be silent is the house's own (rule,
// policies/rules/witnesses.yaml).
package witnesses
