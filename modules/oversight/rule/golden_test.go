package rule_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"carecert/modules/oversight/rule"
)

// goldenDraw is a draw as the public page draws it again in the browser; the
// page's own test reads the same file.
const goldenDraw = "testdata/draw.txt"

func TestDrawIsTheOneOfTheBrowser(t *testing.T) {
	var members []rule.Member
	for i := range 23 {
		members = append(members, rule.Member{ID: fmt.Sprintf("id-%02d", i), Stratum: fmt.Sprint(310118001 + i*i%4)})
	}
	seed := rule.Seed("head\n2\nroot\n", "inspection")
	var out strings.Builder
	fmt.Fprintf(&out, "seed %s\ndigest %s\n", seed, rule.Digest(members))
	for n, stratified := range []bool{false, true} {
		ranks := map[string]int{}
		for r, d := range rule.Draw(seed, members, 9+n, stratified) {
			ranks[d.ID] = r + 1
		}
		fmt.Fprintf(&out, "draw %d %t\n", 9+n, stratified)
		for i, m := range members {
			rank := ""
			if r := ranks[m.ID]; r > 0 {
				rank = fmt.Sprint(r)
			}
			fmt.Fprintf(&out, "%d\t%s\t%s\t%s\t%s\n", i+1, rule.Key(seed, m.ID), m.Stratum, rank, m.ID)
		}
	}
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(goldenDraw, []byte(out.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(goldenDraw)
	if err != nil || string(want) != out.String() {
		t.Errorf("the draw is no longer the one that was published (%v):\n%s", err, out.String())
	}
}
