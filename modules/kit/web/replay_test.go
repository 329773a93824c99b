package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/kit/web"
)

func (s site) count(t *testing.T, label string) int64 {
	t.Helper()
	n, _, err := s.jars.Count(t.Context(), store.Query{Index: "label", Equal: []any{label}}, 100)
	must(t, err)
	return n
}

func TestIdempotencyKey(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSite(t, db, nil)
		const one, key = `POST /jars {"label":"quinces"}`, "Idempotency-Key: k1"
		first, body := s.call(t, one, anna, key)
		if first.StatusCode != http.StatusCreated {
			t.Fatalf("%d %s", first.StatusCode, body)
		}
		t.Run("the same request answers the same", func(t *testing.T) {
			res, again := s.call(t, one, anna, key)
			if res.StatusCode != http.StatusCreated || again != body || res.Header.Get("ETag") != first.Header.Get("ETag") {
				t.Errorf("%d %s, first %s", res.StatusCode, again, body)
			}
		})
		t.Run("another user's key is another", func(t *testing.T) {
			if res, other := s.call(t, one, berta, key); res.StatusCode != http.StatusCreated || other == body {
				t.Errorf("%d %s", res.StatusCode, other)
			}
		})
		t.Run("a refusal leaves nothing and may be tried again", func(t *testing.T) {
			for range 2 {
				s.expect(t, answer{"", `POST /jars {"label":"full"}`, []string{anna, "Idempotency-Key: k2"}, 409, "p1", "label"})
			}
			if n := s.count(t, "full"); n != 0 {
				t.Errorf("%d refused jars stand there", n)
			}
		})
		for _, c := range []answer{
			{"another body is 422", `POST /jars {"label":"lemons"}`, []string{anna, key}, 422, "web.idempotency_mismatch", "lemons"},
			{"so is another query", `POST /jars?x=1 {"label":"quinces"}`, []string{anna, key}, 422, "web.idempotency_mismatch", "quinces"},
			{"another route's key is another", "POST /jars/spills", []string{anna, key}, 500, "web.failure", "quinces"},
			{"a key too long is refused", one, []string{anna, "Idempotency-Key: " + strings.Repeat("k", 201)}, 422, "header.Idempotency-Key", "quinces"},
		} {
			t.Run(c.name, func(t *testing.T) { s.expect(t, c) })
		}
		t.Run("twelve at once make one jar", func(t *testing.T) {
			answers := make(chan string, 12)
			for range cap(answers) {
				go func() {
					_, body := s.call(t, `POST /jars {"label":"cherries"}`, anna, "Idempotency-Key: k3")
					answers <- body
				}()
			}
			want := <-answers
			for range cap(answers) - 1 {
				if got := <-answers; got != want {
					t.Errorf("%s, others %s", got, want)
				}
			}
			if n := s.count(t, "cherries"); n != 1 {
				t.Errorf("%d jars", n)
			}
		})
		if s.inTx.Load() || s.steeped.Load() == 0 {
			t.Error("First does not run before the transaction")
		}
		t.Run("the answer is not readable in the database", func(t *testing.T) {
			seen := 0
			must(t, db.ScanRaw(t.Context(), "web_replays", func(_ string, body []byte) error {
				seen++
				if strings.Contains(string(body), "quinces") {
					t.Error("an answer stands in clear")
				}
				return nil
			}))
			if seen == 0 {
				t.Error("no record")
			}
		})
	})
}

func TestReplaysAreSwept(t *testing.T) {
	began := time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC)
	now := began
	s := newSite(t, storetest.SQLite(t), func(c *web.Config) { c.Clock = kernel.ClockFunc(func() time.Time { return now }) })
	const one, key = `POST /jars {"label":"quinces"}`, "Idempotency-Key: k1"
	_, first := s.call(t, one, anna, key)
	for _, c := range []struct {
		name string
		days int
		same bool
	}{{"after six days the answer stands", 6, true}, {"after seven it is forgotten", 7, false}} {
		t.Run(c.name, func(t *testing.T) {
			now = began.AddDate(0, 0, c.days).Add(time.Second)
			_, err := s.app.Aged()["replays"].Remove(t.Context(), now.Add(-7*24*time.Hour))
			must(t, err)
			if _, body := s.call(t, one, anna, key); (body == first) != c.same {
				t.Errorf("%s, first %s", body, first)
			}
		})
	}
}
