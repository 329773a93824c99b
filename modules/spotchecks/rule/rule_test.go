package rule_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"pgregory.net/rapid"

	"carecert/modules/kernel"
	"carecert/modules/spotchecks/rule"
)

// The browser counts the same cases (frontend/tests/spotcheck.test.ts).
func TestCount(t *testing.T) {
	raw, err := os.ReadFile("testdata/counts.json")
	if err != nil {
		t.Fatal(err)
	}
	var golden struct {
		Members []rule.Member
		Cases   []struct {
			Name    string
			Entries []rule.Entry
			Counts  rule.Counts
			Absent  []kernel.PersonID
		}
	}
	if err := json.Unmarshal(raw, &golden); err != nil {
		t.Fatal(err)
	}
	roster := rule.NewRoster(golden.Members)
	for _, c := range golden.Cases {
		if got := roster.Count(c.Entries); !got.Same(c.Counts) {
			t.Errorf("%s: %+v, want %+v", c.Name, got, c.Counts)
		}
		if got := roster.Absent(c.Entries); fmt.Sprint(got) != fmt.Sprint(c.Absent) {
			t.Errorf("%s: absent %v, want %v", c.Name, got, c.Absent)
		}
	}
}

func anyMember(t *rapid.T, n int) rule.Member {
	m := rule.Member{Person: kernel.PersonID(fmt.Sprintf("p%d", n)), Counted: rapid.Bool().Draw(t, "counted"), Certified: rapid.Bool().Draw(t, "certified")}
	for k := range rapid.IntRange(0, 2).Draw(t, "codes") {
		m.Codes = append(m.Codes, fmt.Sprintf("C%d-%d", n, k))
	}
	return m
}

func anyEntry(t *rapid.T, members int) rule.Entry {
	switch rapid.SampledFrom([]rule.How{rule.Scanned, rule.Tapped, rule.Added}).Draw(t, "how") {
	case rule.Tapped:
		return rule.Entry{How: rule.Tapped, Person: kernel.PersonID(fmt.Sprintf("p%d", rapid.IntRange(0, members-1).Draw(t, "person")))}
	case rule.Added:
		return rule.Entry{How: rule.Added, Called: rapid.SampledFrom([]string{"小王", " 小王 ", "老李", "阿姨"}).Draw(t, "called")}
	case rule.Scanned:
	}
	// A text has one code, however often it is scanned; its verdict is its own.
	n, k := rapid.IntRange(0, members+1).Draw(t, "whose"), rapid.IntRange(0, 1).Draw(t, "which")
	code := fmt.Sprintf("C%d-%d", n, k)
	verdicts := rule.Verdicts()
	return rule.Entry{How: rule.Scanned, Text: "https://example.cn/V/" + code, Code: code, Verdict: verdicts[(n*3+k)%len(verdicts)]}
}

// The sums hold, nobody is counted twice, and neither order nor repetition
// changes a figure.
func TestCountProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 8).Draw(t, "members")
		var members []rule.Member
		counted := int64(0)
		for i := range n {
			m := anyMember(t, i)
			if members = append(members, m); m.Counted {
				counted++
			}
		}
		var entries []rule.Entry
		for range rapid.IntRange(0, 30).Draw(t, "entries") {
			entries = append(entries, anyEntry(t, n))
		}
		roster := rule.NewRoster(members)
		c := roster.Count(entries)
		switch {
		case c.Present != c.OnRoster+c.NotOnBooks, c.Roster != counted, c.OnRoster+c.Absent != c.Roster, c.Certified > c.OnRoster:
			t.Fatalf("the sums do not hold: %+v", c)
		case int64(len(roster.Absent(entries))) != c.Absent:
			t.Fatalf("%d are named absent of %d", len(roster.Absent(entries)), c.Absent)
		}
		people := map[string]bool{}
		for _, e := range entries {
			if subject, _ := roster.Subject(e); subject != "" {
				people[subject] = true
			}
		}
		if got := c.Present + c.Others; got != int64(len(people)) {
			t.Fatalf("%d counted of %d people", got, len(people))
		}
		other := append(append([]rule.Entry{}, entries...), entries...)
		seed := rapid.Uint64().Draw(t, "seed")
		rand.New(rand.NewPCG(seed, 1)).Shuffle(len(other), func(i, j int) { other[i], other[j] = other[j], other[i] })
		if again := roster.Count(other); !again.Same(c) {
			t.Fatalf("the order or a repetition matters: %+v and %+v", c, again)
		}
		// One more never takes anybody away.
		more := roster.Count(append(entries, anyEntry(t, n)))
		if more.Present < c.Present || more.OnRoster < c.OnRoster || more.Certified < c.Certified || more.Present+more.Others > c.Present+c.Others+1 {
			t.Fatalf("one more entry made %+v of %+v", more, c)
		}
	})
}

func row() rule.Row {
	return rule.Row{RuleHead: kernel.RuleHead{ID: "test.carrying", Version: "1"}, CarryHours: 12, RosterMost: 500, EntriesMost: 1500, SkewMinutes: 5, SendHours: 72, AnswersMost: 5}
}

func TestInstants(t *testing.T) {
	at := func(clock string) time.Time {
		x, err := time.Parse("2006-01-02 15:04:05", "2025-09-"+clock)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	base := rule.Instants{
		Packed: at("01 08:00:00"), Given: at("01 08:30:00"), Until: at("01 20:00:00"), Loaded: at("01 08:30:00"), First: at("01 10:00:00"), Last: at("01 11:00:00"),
		Signed: at("01 11:05:00"), SentByPhone: at("01 12:00:00"), ReceivedAt: at("01 12:00:00"),
	}
	for _, c := range []struct {
		name    string
		change  func(*rule.Instants)
		trouble rule.Trouble
		odd     string
	}{
		{"all in order", func(*rule.Instants) {}, "", "[]"},
		{"nothing was entered", func(i *rule.Instants) { i.First, i.Last = time.Time{}, time.Time{} }, "", "[]"},
		{"scanned before the roster was loaded", func(i *rule.Instants) { i.First = at("01 08:29:59") }, rule.TooEarly, "[]"},
		{"at the very instant", func(i *rule.Instants) { i.First = at("01 08:30:00") }, "", "[]"},
		{"signed at the last second", func(i *rule.Instants) {
			i.Signed, i.SentByPhone, i.ReceivedAt = at("01 20:00:00"), at("01 20:00:01"), at("01 20:00:01")
		}, "", "[]"},
		{"a second later", func(i *rule.Instants) {
			i.Signed, i.SentByPhone, i.ReceivedAt = at("01 20:00:01"), at("01 20:00:02"), at("01 20:00:02")
		}, rule.TooLate, "[]"},
		{"signed before the last entry", func(i *rule.Instants) { i.Signed = at("01 10:59:59") }, rule.OutOfOrder, "[]"},
		{"signed in the future", func(i *rule.Instants) { i.ReceivedAt, i.SentByPhone = at("01 10:59:00"), at("01 10:59:00") }, rule.OutOfOrder, "[]"},
		{"a clock an hour ahead is told, and set right", func(i *rule.Instants) {
			for _, x := range []*time.Time{&i.Loaded, &i.First, &i.Last, &i.Signed, &i.SentByPhone} {
				*x = x.Add(time.Hour)
			}
		}, "", "[clockOff]"},
		{"a clock that was set back to sign in time", func(i *rule.Instants) {
			i.SentByPhone, i.ReceivedAt = at("01 12:00:00"), at("01 22:00:00")
		}, "", "[clockChanged]"},
		{"five minutes are nothing", func(i *rule.Instants) { i.SentByPhone = at("01 12:05:00") }, "", "[]"},
		{"sent days later", func(i *rule.Instants) { i.SentByPhone, i.ReceivedAt = at("04 20:00:01"), at("04 20:00:01") }, "", "[sentLate]"},
		{"within three days", func(i *rule.Instants) { i.SentByPhone, i.ReceivedAt = at("04 20:00:00"), at("04 20:00:00") }, "", "[]"},
	} {
		i := base
		c.change(&i)
		if trouble, odd := row().Judge(i); trouble != c.trouble || fmt.Sprint(odd) != c.odd {
			t.Errorf("%s: %q %v", c.name, trouble, odd)
		}
	}
}

func TestRowsThatCannotBe(t *testing.T) {
	for name, change := range map[string]func(*rule.Row){
		"no hours": func(r *rule.Row) { r.CarryHours = 0 }, "nobody on it": func(r *rule.Row) { r.RosterMost = 0 },
		"fewer entries than people": func(r *rule.Row) { r.EntriesMost = r.RosterMost - 1 }, "no answer": func(r *rule.Row) { r.AnswersMost = 0 },
	} {
		r := row()
		if change(&r); r.Check() == nil {
			t.Errorf("%s: taken", name)
		}
	}
	if err := row().Check(); err != nil {
		t.Error(err)
	}
}
