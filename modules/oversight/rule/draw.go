package rule

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"
)

// Member is one of a population that is drawn from. Stratum is its street; a
// draw that is not stratified does not look at it.
type Member struct {
	ID      string `bson:"id"`
	Stratum string `bson:"stratum,omitempty"`
}

// Drawn is a member that was drawn, with the key that it was drawn by.
type Drawn struct {
	Member
	Key string
}

// Sorted brings a population into the one order that its digest is taken in.
func Sorted(members []Member) []Member {
	return slices.SortedFunc(slices.Values(members), func(a, b Member) int { return cmp.Compare(a.ID, b.ID) })
}

// Digest is the SHA-256 of a sorted population: one line "id TAB stratum" each.
// Whoever holds the list can tell that it is the one that was drawn from.
func Digest(sorted []Member) string {
	var all strings.Builder
	for _, m := range sorted {
		all.WriteString(m.ID + "\t" + m.Stratum + "\n")
	}
	sum := sha256.Sum256([]byte(all.String()))
	return hex.EncodeToString(sum[:])
}

// Seed is the SHA-256 of the published head of the issuance log and of the
// inspection's id, a line each: neither could be chosen by who draws.
func Seed(head, inspection string) string {
	sum := sha256.Sum256([]byte(strings.TrimRight(head, "\n") + "\n" + inspection))
	return hex.EncodeToString(sum[:])
}

// Size is how many a percentage of a population is, rounded up: nobody inspects
// half a person.
func Size(population, percent int) int { return (population*percent + 99) / 100 }

// Key is what a member is drawn by: SHA-256(seed ‖ id). It tells nothing of an
// id to who does not have it.
func Key(seed, id string) string {
	sum := sha256.Sum256([]byte(seed + id))
	return hex.EncodeToString(sum[:])
}

// Draw gives each member the key SHA-256(seed ‖ id) and takes the n smallest;
// stratified, so many of each stratum as its share is. The same seed and
// population give the same draw, in the order of the keys.
func Draw(seed string, members []Member, n int, stratified bool) []Drawn {
	strata := map[string][]Drawn{}
	for _, m := range members {
		stratum := ""
		if stratified {
			stratum = m.Stratum
		}
		strata[stratum] = append(strata[stratum], Drawn{m, Key(seed, m.ID)})
	}
	sizes := make(map[string]int, len(strata))
	for stratum, all := range strata {
		sizes[stratum] = len(all)
	}
	byKey := func(a, b Drawn) int { return cmp.Or(cmp.Compare(a.Key, b.Key), cmp.Compare(a.ID, b.ID)) }
	var out []Drawn
	for stratum, share := range Shares(sizes, n) {
		all := strata[stratum]
		slices.SortFunc(all, byKey)
		out = append(out, all[:share]...)
	}
	slices.SortFunc(out, byKey)
	return out
}

// Shares divides n among strata by their sizes, by largest remainders: no share
// is off by one or more, and together they are n, or everybody.
func Shares(sizes map[string]int, n int) map[string]int {
	total := 0
	for _, size := range sizes {
		total += size
	}
	n = max(0, min(n, total))
	out := make(map[string]int, len(sizes))
	if total == 0 {
		return out
	}
	names := slices.Sorted(maps.Keys(sizes))
	left := n
	for _, name := range names {
		out[name] = n * sizes[name] / total
		left -= out[name]
	}
	slices.SortStableFunc(names, func(a, b string) int {
		return cmp.Compare(n*sizes[b]%total, n*sizes[a]%total)
	})
	for _, name := range names[:left] {
		out[name]++
	}
	return out
}

// Same tells whether two draws are the same people in the same order.
func Same(a, b []Drawn) bool {
	return slices.EqualFunc(a, b, func(x, y Drawn) bool { return x.ID == y.ID && x.Key == y.Key })
}
