package people_test

import (
	"context"
	"fmt"
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/people"
	"carecert/modules/people/rule"
)

// Among very many people of one name the few whom a filter asks for stand on
// the first page, with their exact number.
func TestFewAmongManyOfANameAreFound(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		const many = 1200 // more than a page looks at
		passport := func(i int) string { return fmt.Sprint("P", 1000000+i) }
		err := db.Tx(w.as(home), func(ctx context.Context) error {
			for i := range many {
				if _, err := w.Register(ctx, people.Draft{Name: "批量", IDType: rule.Passport, IDNumber: passport(i), Kinds: []people.Kind{people.KindCaregiver}}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		director := w.register(t, w.as(home), "批量二", numbered(0))
		if _, err := w.Employ(w.as(home), director, people.Post{Organization: home, Role: kernel.StaffDirector, Period: kernel.Period{From: "2025-01-01"}}); err != nil {
			t.Fatal(err)
		}
		homophone := w.register(t, w.as(home), "皮亮", numbered(1))
		if _, err := w.Employ(w.as(home), homophone, people.Post{Organization: home, Role: kernel.StaffDirector, Period: kernel.Period{From: "2025-01-01"}}); err != nil {
			t.Fatal(err)
		}
		for _, f := range []people.Filter{
			{Q: "批量", Role: kernel.StaffDirector},
			{Q: "批", Role: kernel.StaffDirector},
			{Q: "批量", Status: people.StatusOnPost},
		} {
			page, err := w.List(w.as(home), f, 50, "")
			if err != nil {
				t.Fatal(err)
			}
			if len(page.Items) != 1 || page.Items[0].ID != director || page.Total != 1 || page.More || page.Next != "" {
				t.Errorf("%+v: %d items, total %d, more %v, next %q", f, len(page.Items), page.Total, page.More, page.Next)
			}
		}
		all, err := w.List(w.as(home), people.Filter{Q: "批量"}, 50, "")
		if err != nil || all.Total != many+1 || all.More {
			t.Errorf("without a filter: %d, %v", all.Total, err)
		}
	})
}
