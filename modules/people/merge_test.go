package people_test

import (
	"errors"
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/people"
	"carecert/modules/people/rule"
)

func TestTwoRecordsThatAreOnePerson(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		kept := w.register(t, w.as(home), "王小兰", wang)
		w.employ(t, w.as(home), kept, home, "2024-01-01", "")
		foreign := draft("WANG XIAOLAN", "E12345678")
		foreign.IDType = rule.Passport
		p, err := w.Register(w.as(other), foreign)
		if err != nil {
			t.Fatal(err)
		}
		gone := p.ID
		w.employ(t, w.as(other), gone, other, "2022-01-01", "2023-06-30")
		w.employ(t, w.as(district), gone, home, "2024-03-01", "2024-12-31")

		for name, c := range map[string]struct {
			who         kernel.OrganizationID
			first, then kernel.PersonID
			want        error
		}{
			"a home that sees one of them": {home, kept, "nobody", people.ErrUnknown},
			"one with itself":              {district, kept, kept, people.ErrMergeWithItself},
		} {
			if _, err := w.Merge(w.as(c.who), c.first, c.then, "同一人"); !errors.Is(err, c.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		one, err := w.Merge(w.as(district), kept, gone, "同一人")
		if err != nil {
			t.Fatal(err)
		}
		if latest := one.Career.Latest(); len(one.Career) != 3 || len(latest) != 2 || latest[1].Person != kept {
			t.Errorf("the career %+v", one.Career)
		}
		for _, id := range []kernel.PersonID{kept, gone} {
			if found, err := w.Find(w.as(district), id); err != nil || found.ID != kept {
				t.Errorf("%s finds %s: %v", id, found.ID, err)
			}
		}
		for name, number := range map[string]string{"王小兰": wang, "WANG XIAOLAN": "e12345678"} {
			if id, err := w.Identify(w.ctx, name, number); err != nil || id != kept {
				t.Errorf("%s finds %s: %v", name, id, err)
			}
		}
		if card, err := w.Service.Card(w.ctx, gone); err != nil || card.Merged != kept {
			t.Errorf("%+v %v", card, err)
		}
		if page, err := w.List(w.as(district), people.Filter{}, 20, ""); err != nil || page.Total != 1 {
			t.Errorf("listed %d times: %v", page.Total, err)
		}
		if _, err := w.Merge(w.as(district), kept, gone, "再合并"); !errors.Is(err, people.ErrMergeWithItself) {
			t.Errorf("merged again: %v", err)
		}
	})
}
