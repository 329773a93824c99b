package imports

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/sheet"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

func TestDamagedFilesLeaveNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		good := sample(t, "roster-sample.xlsx")
		random := rand.New(rand.NewPCG(5, 2026))
		for i := range 500 {
			raw := bytes.Clone(good)
			if i%2 == 0 {
				raw = raw[:random.IntN(len(raw))]
			}
			for range random.IntN(10) {
				if len(raw) > 0 {
					raw[random.IntN(len(raw))] = byte(random.UintN(256))
				}
			}
			before := len(r.register.names(t))
			report, err := r.Run(r.ctx, r.request(raw, false))
			if _, refused := fault.From(err); err != nil && !refused {
				t.Fatalf("file %d: %v is no refusal", i, err)
			}
			if (err != nil || report.Status == Failed) && len(r.register.names(t)) != before {
				t.Fatalf("file %d left something behind", i)
			}
			if err == nil && report.Status == Failed && report.Failure == nil {
				t.Fatalf("file %d failed without a word", i)
			}
		}
	})
}

func TestRefusalsOfARequest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		abroad := kernel.WithReach(r.ctx, kernel.Reach{Roots: []kernel.OrganizationID{"other"}})
		for _, c := range []struct {
			name   string
			ctx    context.Context
			change func(*Request)
			want   *fault.Fault
		}{
			{"an organisation out of reach is unknown", r.ctx, func(q *Request) { q.Organization = "far" }, ErrSenderUnknown},
			{"so is one from elsewhere", abroad, func(*Request) {}, ErrSenderUnknown},
			{"a kind nobody imports", r.ctx, func(q *Request) { q.Kind = "hours" }, ErrUnsupported},
			{"no file", r.ctx, func(q *Request) { q.File, q.Size = bytes.NewReader(nil), 0 }, sheet.ErrEmpty},
			{"a table of something else", r.ctx, func(q *Request) {
				raw := []byte("菜名,价格\n红烧肉,38\n")
				q.File, q.Size = bytes.NewReader(raw), int64(len(raw))
			}, sheet.ErrNoHeader},
		} {
			t.Run(c.name, func(t *testing.T) {
				q := r.request(many(3), false)
				c.change(&q)
				if _, err := r.Keep(c.ctx, q); !errors.Is(err, c.want) {
					t.Errorf("%v, want %v", err, c.want)
				}
			})
		}
		report := r.run(t, many(3), false)
		if _, err := r.Report(abroad, report.ID); !errors.Is(err, ErrUnknown) {
			t.Errorf("a stranger reads an import: %v", err)
		}
		if page, err := r.List(abroad, Filter{}, 10, ""); err != nil || len(page.Items) != 0 {
			t.Errorf("a stranger lists imports: %v %v", page.Items, err)
		}
	})
}
