package organizations_test

import (
	"errors"
	"sync"
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/organizations"
)

// A code belongs to one body, until that closes.
func TestACodeBelongsToOneAssessmentBody(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		body := func(name string) (organizations.Organization, error) {
			return w.Register(w.admin(), organizations.Draft{Kind: organizations.AssessmentBody, Particulars: organizations.Particulars{
				Name: name, Division: "310118", AssessmentCode: "S000031000012", Validity: kernel.Period{From: "2020-01-01"},
			}})
		}
		first, err := body("评价一")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := body("评价二"); !errors.Is(err, organizations.ErrCodeTaken) {
			t.Errorf("a second body: %v", err)
		}
		set := func(id kernel.OrganizationID, change func(*organizations.Particulars)) error {
			_, err := w.Amend(w.admin(), id, organizations.Days{}, func(p *organizations.Particulars, _ int64) error { change(p); return nil })
			return err
		}
		if err := set(first.ID, func(p *organizations.Particulars) { p.Name = "评价一（更名）" }); err != nil {
			t.Errorf("the body itself: %v", err)
		}
		if err := set(first.ID, func(p *organizations.Particulars) { p.ClosedOn = "2025-05-31" }); err != nil {
			t.Fatal(err)
		}
		made := make(chan kernel.OrganizationID, 4)
		var wait sync.WaitGroup
		for _, name := range []string{"评价三", "评价四", "评价五", "评价六"} {
			wait.Go(func() {
				o, err := body(name)
				if err == nil {
					made <- o.ID
				} else if !errors.Is(err, organizations.ErrCodeTaken) {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		if len(made) != 1 {
			t.Fatalf("%d of 4 at once have the code", len(made))
		}
		if card, _, err := w.AssessmentBody(w.ctx, "S000031000012"); err != nil || card.ID != <-made {
			t.Errorf("the code leads to %+v %v", card, err)
		}
		if err := set(first.ID, func(p *organizations.Particulars) { p.ClosedOn = "" }); !errors.Is(err, organizations.ErrCodeTaken) {
			t.Errorf("reopened: %v", err)
		}
	})
}
