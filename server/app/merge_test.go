package app_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"carecert/modules/kernel"
)

// figures is everything that is counted or shown of two records, apart from
// when and by whom it was entered.
func (s *scene) figures(a, b string) string {
	s.t.Helper()
	var out strings.Builder
	for _, what := range []string{
		"GET /people/" + a + "/hours?year=2025", "GET /people/" + b + "/hours?year=2025",
		"GET /people/" + a + "/hours?year=2024", "GET /people/" + b + "/hours?year=2024",
		"GET /statistics/certification?asOf=2025-08-31&organizationId=" + s.bureau, "GET /statistics/certification?asOf=2024-06-30&organizationId=" + s.bureau,
		"GET /statistics/certification?asOf=2025-08-31&organizationId=" + s.home, "GET /statistics/certification?asOf=2025-08-31&organizationId=" + s.other,
		"GET /statistics/in-service-hours?year=2025&organizationId=" + s.bureau,
		"GET /hours?year=2025&organizationId=" + s.home, "GET /hours?year=2025&organizationId=" + s.other,
		"GET /people?organizationId=" + s.home, "GET /people?organizationId=" + s.other,
		"GET /people/" + a, "GET /people/" + b, "GET /people/" + a + "/record", "GET /people/" + b + "/record",
		"GET /certificates?personId=" + a, "GET /certificates?personId=" + b, "GET /users?limit=50",
	} {
		var v any
		if err := json.Unmarshal(s.must(what, nil), &v); err != nil {
			s.t.Fatal(err)
		}
		raw, err := json.Marshal(plain(v))
		if err != nil {
			s.t.Fatal(err)
		}
		fmt.Fprintf(&out, "%s\n%s\n", what, raw)
	}
	return out.String()
}

// plain leaves out what tells when something was entered.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			if k == "recordedAt" || k == "asOfInstant" {
				delete(v, k)
				continue
			}
			v[k] = plain(x)
		}
		return v
	case []any:
		for i := range v {
			v[i] = plain(v[i])
		}
	}
	return v
}

func (s *scene) sound(when string) {
	s.t.Helper()
	if n, err := s.Rebuild(s.t.Context()); err != nil || n != 0 {
		s.t.Errorf("%s: %d differences, %v", when, n, err)
	}
	if lines, good, err := s.VerifyLogs(kernel.AsSystem(s.t.Context(), "test"), nil); err != nil || !good {
		s.t.Errorf("%s: %v %v", when, lines, err)
	}
}

func (s *scene) minutes(person string, year int) (minutes int) {
	s.t.Helper()
	var v struct{ CreditedMinutes int }
	if err := json.Unmarshal(s.must(fmt.Sprintf("GET /people/%s/hours?year=%d", person, year), nil), &v); err != nil {
		s.t.Fatal(err)
	}
	return v.CreditedMinutes
}

// history gives two records something each, at random.
func (s *scene) history(r *rand.Rand, a, b string) (snapshots []string) {
	s.t.Helper()
	for i, p := range []string{a, b} {
		at := []string{s.home, s.other}[r.IntN(2)]
		from := kernel.Date("2024-01-10").AddDays(r.IntN(300))
		s.employ(p, at, from, kernel.Date("2025-01-31").AddDays(r.IntN(100)))
		if r.IntN(2) == 0 {
			s.employ(p, []string{s.home, s.other}[r.IntN(2)], "2025-06-01", "")
		}
		if r.IntN(3) > 0 {
			s.certify(p, 3+i, kernel.Date("2024-02-01").AddDays(r.IntN(500)))
		}
	}
	for range 1 + r.IntN(3) {
		on := kernel.Date("2025-03-03").AddDays(r.IntN(150))
		class, session := s.class(on)
		who := [][]string{{a}, {b}, {a, b}}[r.IntN(3)]
		s.enrol(class, who...)
		for _, p := range who {
			if r.IntN(4) > 0 {
				s.present(session, p, on, []string{"10:30", "11:15", "12:00"}[r.IntN(3)])
			}
		}
		if r.IntN(5) > 0 {
			s.close(session)
		}
	}
	return []string{s.freeze()}
}

func (s *scene) freeze() string {
	s.t.Helper()
	return s.id("POST /statistics/snapshots", map[string]any{"indicator": "certification", "organizationId": s.bureau, "asOf": "2025-08-31"})
}

// Whatever two records went through: merged they are one person with both
// histories, and parted again every figure is what it was.
func TestMergeAndUndoGiveTheSameFigures(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		for seed := range uint64(6) {
			r := rand.New(rand.NewPCG(seed, 5))
			a := s.person("李秀英", nil)
			b := s.person("李秀英", map[string]any{"idType": "passport", "idNumber": fmt.Sprintf("E1234%04d", seed), "phone": "13800138000", "education": "college"})
			snapshots := s.history(r, a, b)
			before := s.figures(a, b)
			sum := s.minutes(a, 2025) + s.minutes(b, 2025)
			s.must("POST /people/"+a+"/merges", map[string]any{"otherId": b, "reason": "同一人的护照和身份证"})
			s.sound(fmt.Sprintf("seed %d merged", seed))
			if got := s.minutes(a, 2025); got > sum || s.minutes(b, 2025) != got {
				t.Errorf("seed %d: %d minutes of one person, %d of the two", seed, got, sum)
			}
			snapshots = append(snapshots, s.freeze())
			s.must("POST /people/"+a+"/merges/"+b+"/undo", map[string]any{"reason": "核对原件后是两人"})
			s.sound(fmt.Sprintf("seed %d parted", seed))
			if after := s.figures(a, b); after != before {
				t.Errorf("seed %d: %s", seed, firstDifference(before, after))
			}
			for _, id := range snapshots {
				if raw := s.must("POST /statistics/snapshots/"+id+"/recomputation", nil); !strings.Contains(string(raw), `"same":true`) {
					t.Errorf("seed %d: a frozen figure is not found again: %s", seed, raw)
				}
			}
		}
	})
}

func firstDifference(a, b string) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range as {
		if i < len(bs) && as[i] != bs[i] {
			return fmt.Sprintf("%s\nwas %s\nis  %s", as[i-1], as[i], bs[i])
		}
	}
	return "one is longer"
}

// One person with both histories.
func TestAMergedPersonHasBothHistories(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		a, b := s.person("王小兰", nil), s.person("王小兰", nil)
		s.employ(a, s.home, "2024-01-01", "2024-12-31")
		s.employ(b, s.other, "2025-01-01", "")
		s.certify(a, 3, "2024-05-01")
		on := kernel.Date("2025-04-07")
		class, session := s.class(on)
		s.enrol(class, a, b)
		s.present(session, a, on, "10:00")
		s.present(session, b, on, "12:00")
		s.close(session)
		second, later := s.class("2025-05-12")
		s.enrol(second, b)

		s.must("POST /people/"+a+"/merges", map[string]any{"otherId": b, "reason": "同一人"})
		s.refused("POST /people/"+a+"/merges/"+b+"/undo", map[string]any{"reason": ""}, 422, "input.invalid")
		if got := s.minutes(a, 2025); got != 180 {
			t.Errorf("%d minutes: the session counts once, by the presence that proves more", got)
		}
		rate := string(s.must("GET /statistics/certification?asOf=2025-08-31&organizationId="+s.other, nil))
		if !strings.Contains(rate, `"numerator":1,"denominator":1`) {
			t.Errorf("the certificate does not count at the other home: %s", rate)
		}
		// What was begun before goes on under the one record.
		s.present(later, a, "2025-05-12", "11:00")
		s.close(later)
		if got := s.minutes(a, 2025); got != 300 {
			t.Errorf("%d minutes after another session", got)
		}
		s.sound("merged")
		s.must("POST /people/"+a+"/merges/"+b+"/undo", map[string]any{"reason": "核对后是两人"})
		if x, y := s.minutes(a, 2025), s.minutes(b, 2025); x != 60 || y != 300 {
			t.Errorf("parted: %d and %d", x, y)
		}
		s.sound("parted")

		// What could be either's holds the two together, and is named.
		s.must("POST /people/"+a+"/merges", map[string]any{"otherId": b, "reason": "同一人"})
		third, _ := s.class("2025-06-09")
		s.enrol(third, a)
		s.refused("POST /people/"+a+"/merges/"+b+"/undo", map[string]any{"reason": "两人"}, 409, "training.enrolled_since")
	})
}

func TestWhatHoldsAMergeTogether(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		for _, c := range []struct {
			name, code string
			build      func(a, b string)
		}{
			{"a new post", "people.employed_since", func(a, _ string) { s.employ(a, s.home, "2025-08-01", "") }},
			{"a new certificate", "certificates.certified_since", func(a, _ string) { s.certify(a, 4, "2025-01-01") }},
			{"another merge", "people.merged_on", func(a, _ string) {
				s.must("POST /people/"+a+"/merges", map[string]any{"otherId": s.person("第三人", nil), "reason": "同一人"})
			}},
			{"a merge into a third", "people.merged_on", func(a, _ string) {
				s.must("POST /people/"+s.person("第三人", nil)+"/merges", map[string]any{"otherId": a, "reason": "同一人"})
			}},
		} {
			a, b := s.person("甲"+c.name, nil), s.person("乙"+c.name, nil)
			s.must("POST /people/"+a+"/merges", map[string]any{"otherId": b, "reason": "同一人"})
			c.build(a, b)
			s.refused("POST /people/"+a+"/merges/"+b+"/undo", map[string]any{"reason": "两人"}, 409, c.code)
		}
		a, b := s.person("丙", nil), s.person("丁", nil)
		s.refused("POST /people/"+a+"/merges/"+b+"/undo", map[string]any{"reason": "两人"}, 404, "people.not_merged")
	})
}
