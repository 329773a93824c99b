// Package statistics answers how many: 持证率 and its levels, the 20 class
// hours, who is trained on which standards, how many trained social workers a
// home has, how many people a programme reached, on any date, for any
// organisation and everything under it, each number with its counting rule and
// the people behind it.
//
// Owns: statistics_people (per person: the facts it heard and what they count
// for), statistics_spans (who counts where, from when to when, as what),
// statistics_counters (day deltas and year sums per organisation),
// statistics_hours (met and histogram per organisation and year),
// statistics_quality (judgements of records, and of files whose refused rows
// are owed), statistics_snapshots (frozen figures).
// Announces: Frozen.
// Hears: careers and judgements (people), holdings and revocations
// (certificates), years (hours), completions (training), merges (people),
// refusals (imports, judged by people).
//
// How a figure costs the same at any size: a person's facts become segments
// (organisation, from, to, level). A segment adds one on its first day and
// takes it away after its last; counters keep those changes per day, and sums
// per year, so the count on a date is the sum of two small documents. The
// listed people come from the very segments that were counted.
//
// Training is counted by states: a person stands somewhere in a set of roles
// with a set of topics completed, and each state is one count. Coverage of any
// standard or set, social workers, and the lists behind them are sums over
// states, so rows and targets may change without anything being counted anew.
//
// Rules (FACTS §7.2, CONTRACT §4): people are distinct in each organisation;
// the highest accepted certificate counts once; a certificate counts from its
// issue once verified, until the day before its revocation; a date is taken at
// the end of the day in Asia/Shanghai. A day counts in the tree of that day: who
// stood under an office then counts there, wherever their home stands now.
package statistics
