// Package platforms lets other platforms (résumé, recruiting and supervising
// ones) ask in bulk: each by a key of its own, with limits and a count.
//
// Owns: platforms_keys; platforms_uses (what a key asked on a day, and ever).
// Announces: nothing. Hears: nothing. Asks: nothing.
//
// A key is shown once and stored hashed; it is a role of its own that may do
// what policies/access/platforms.csv says and nothing else. How much a key may
// ask is the house's own (rule, policies/rules/platforms.yaml): at once and a
// minute in each running program, a day in all of them together. Counts are
// kept as sums, so that no list is ever walked for them.
package platforms
