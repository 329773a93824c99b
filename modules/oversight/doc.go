// Package oversight helps bureaus look (督查): the radar of findings about
// attendance that cannot be as it was recorded, each with its evidence, its
// answer and its decision; and the random samples of the yearly inspections
// (抽查).
//
// Owns: oversight_sessions, oversight_days, oversight_classes,
// oversight_teachers (what detectors need, compact), oversight_findings,
// oversight_inspections, oversight_populations, oversight_items.
// Announces: nothing. Hears: sessions closed, refused or moved to another
// record; careers.
// Asks: people, organisations, training (to refuse a presence), certificates
// (the published head of the issuance log).
//
// Rules: rule/ holds the detectors, pure; their figures are
// policies/rules/radar.yaml, and a figure that no source gives switches its
// detector off. Every fact is judged where it touches: the days of the people
// present, the room, the class, the day of the teacher. A finding that no
// longer holds closes itself; one that was decided stays, unless it grows. An
// office over the provider decides, with a reason; never the provider, nor
// whoever gave the teacher's word in question. The provider reads what is found
// about it and may answer; it is not told who decides.
//
// An inspection is drawn once. Its population is frozen with its digest, its
// seed is the hash of the log's published head and of its own id, which nobody
// chooses, and whoever holds both draws the same list again. It can be given up
// with a reason that stays, never drawn anew or deleted.
package oversight
