// Package oversight helps bureaus look (督查): the radar of findings about
// attendance that cannot be as it was recorded, each with its evidence, its
// answer and its decision.
//
// Owns: oversight_sessions, oversight_days, oversight_classes,
// oversight_teachers (what detectors need, compact), oversight_findings.
// Announces: nothing. Hears: sessions closed, refused or moved to another
// record; careers.
// Asks: people, organisations, training (to refuse a presence).
//
// Rules: rule/ holds the detectors, pure; their figures are
// policies/rules/radar.yaml, and a figure that no source gives switches its
// detector off. Every fact is judged where it touches: the days of the people
// present, the room, the class, the day of the teacher. A finding that no
// longer holds closes itself; one that was decided stays, unless it grows. An
// office over the provider decides, with a reason; never the provider, nor
// whoever gave the teacher's word in question. The provider reads what is found
// about it and may answer; it is not told who decides.
package oversight
