package retention_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/retention"
	"carecert/modules/retention/rule"
)

type leafDoc struct {
	store.Doc `bson:",inline"`
	At        time.Time `bson:"at"`
}

type log []kernel.Act

func (l *log) Record(ctx context.Context, a kernel.Act) error {
	if !store.InTx(ctx) {
		return errors.New("recorded outside a transaction")
	}
	*l = append(*l, a)
	return nil
}

// What is past its end is removed and written down, with the rule; floors and
// what has no end stay, and a kind that fails leaves the others.
func TestRemove(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		now := time.Date(2026, 6, 18, 4, 0, 0, 0, time.UTC)
		clock := kernel.ClockFunc(func() time.Time { return now })
		leaves := store.Open[leafDoc](db, store.Spec{Name: "retention_leaves", Indexes: []store.Index{{Name: "at", Fields: []string{"at"}}}})
		kept := store.Open[leafDoc](db, store.Spec{Name: "retention_kept", Indexes: []store.Index{{Name: "at", Fields: []string{"at"}}}})
		head := func(id string) kernel.RuleHead { return kernel.RuleHead{ID: id, Version: "1", From: "2021-01-01"} }
		days := 30
		acts := &log{}
		broken := store.Aged{
			Count:  func(context.Context, time.Time) (int64, bool, error) { return 0, false, nil },
			Remove: func(context.Context, time.Time) (int64, error) { return 0, errors.New("broken") },
		}
		m := retention.New(retention.Deps{
			DB: db, Clock: clock, Audit: acts,
			Rows: []rule.Row{
				{RuleHead: head("a"), Kind: "broken", Keep: rule.AtMost, Days: &days},
				{RuleHead: head("b"), Kind: "leaves", Keep: rule.AtMost, Days: &days},
				{RuleHead: head("c"), Kind: "kept", Keep: rule.AtLeast, Months: 6},
				{RuleHead: head("d"), Kind: "elsewhere", Keep: rule.AtLeast},
			},
			Kinds: map[string]store.Aged{"broken": broken, "leaves": store.Aging(leaves, "at"), "kept": store.Aging(kept, "at")},
		})
		if err := db.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
		for i := range 1200 { // one a day
			d := leafDoc{Doc: store.Doc{ID: kernel.NewID()}, At: now.AddDate(0, 0, -i)}
			if err := errors.Join(leaves.Insert(t.Context(), d), kept.Insert(t.Context(), d)); err != nil {
				t.Fatal(err)
			}
		}
		lines, err := m.Service.List(t.Context())
		if err != nil || len(lines) != 4 || lines[1].Past != 1169 || lines[2].Past == 0 || lines[3].Counted || lines[1].Last != nil {
			t.Fatalf("%+v, %v", lines, err)
		}
		floor := lines[2].Past
		for range 2 { // the second time there is nothing to do
			if err := m.Service.Remove(t.Context()); err == nil {
				t.Error("what failed goes unsaid")
			}
		}
		if lines, err = m.Service.List(t.Context()); err != nil {
			t.Fatal(err)
		}
		if lines[1].Past != 0 || lines[1].Last == nil || lines[1].Last.Removed != 1169 || lines[1].Last.Total != 1169 || lines[1].Last.Rule != "b@1" {
			t.Errorf("leaves: %+v, %+v", lines[1], lines[1].Last)
		}
		if lines[2].Past != floor || lines[2].Last != nil {
			t.Errorf("a floor was cut: %+v", lines[2])
		}
		if len(*acts) != 1 || (*acts)[0].Verb != "purge" || (*acts)[0].Detail["removed"] != "1169" || (*acts)[0].Detail["rule"] != "b@1" {
			t.Errorf("the log has %+v", *acts)
		}
		left, _, err := leaves.Count(t.Context(), store.Query{Index: "at"}, 10_000)
		if err != nil || left != 31 { // today and thirty days
			t.Errorf("%d are left, %v", left, err)
		}
	})
}
