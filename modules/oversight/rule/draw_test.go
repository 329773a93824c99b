package rule_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"carecert/modules/oversight/rule"
)

func TestShares(t *testing.T) {
	for _, c := range []struct {
		name  string
		sizes map[string]int
		n     int
		want  string
	}{
		{"in proportion", map[string]int{"a": 60, "b": 30, "c": 10}, 10, "map[a:6 b:3 c:1]"},
		{"the largest remainder gets what is left", map[string]int{"a": 5, "b": 3, "c": 2}, 4, "map[a:2 b:1 c:1]"},
		{"equal remainders go by name", map[string]int{"a": 1, "b": 1, "c": 1}, 2, "map[a:1 b:1 c:0]"},
		{"no more than there are", map[string]int{"a": 2, "b": 1}, 9, "map[a:2 b:1]"},
		{"nobody", nil, 3, "map[]"},
	} {
		if got := fmt.Sprint(rule.Shares(c.sizes, c.n)); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	for _, c := range []struct{ population, percent, want int }{{100, 5, 5}, {101, 5, 6}, {1, 1, 1}, {0, 50, 0}, {38, 100, 38}} {
		if got := rule.Size(c.population, c.percent); got != c.want {
			t.Errorf("%d %% of %d: %d", c.percent, c.population, got)
		}
	}
}

// A draw is of the size asked, of members only, nobody twice, the same in
// whatever order the population is given, and fair to every stratum.
func TestDraw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(0, 80).Draw(t, "size")
		var members []rule.Member
		sizes := map[string]int{}
		for i := range size {
			m := rule.Member{ID: fmt.Sprintf("m%03d", i), Stratum: fmt.Sprint(rapid.IntRange(0, 4).Draw(t, "stratum"))}
			members = append(members, m)
			sizes[m.Stratum]++
		}
		n, stratified := rapid.IntRange(0, 90).Draw(t, "n"), rapid.Bool().Draw(t, "stratified")
		drawn := rule.Draw("seed", members, n, stratified)
		if again := rule.Draw("seed", rapid.Permutation(members).Draw(t, "other order"), n, stratified); !rule.Same(drawn, again) {
			t.Fatal("another order, another draw")
		}
		if len(drawn) != min(n, size) {
			t.Fatalf("%d drawn", len(drawn))
		}
		seen, of := map[string]bool{}, map[string]int{}
		for _, d := range drawn {
			if seen[d.ID] {
				t.Fatalf("%s twice", d.ID)
			}
			seen[d.ID] = true
			of[d.Stratum]++
		}
		for stratum, share := range rule.Shares(sizes, n) {
			if stratified && of[stratum] != share {
				t.Fatalf("stratum %s: %d, want %d", stratum, of[stratum], share)
			}
		}
	})
	members := []rule.Member{{ID: "b"}, {ID: "a", Stratum: "x"}}
	if got := rule.Digest(rule.Sorted(members)); got != rule.Digest(rule.Sorted([]rule.Member{members[1], members[0]})) || len(got) != 64 {
		t.Error(got)
	}
	// Fixed for good: whoever recomputes a draw years later needs the same.
	if got := rule.Seed("head\n", "inspection"); got != rule.Seed("head", "inspection") || got[:16] != "2b6a65020387891d" {
		t.Errorf("seed %s", got)
	}
}
