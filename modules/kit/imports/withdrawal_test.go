package imports

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"carecert/modules/kernel/fault"
	"carecert/modules/kit/job"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

func TestWithdrawal(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		first, second := r.run(t, many(10), false), r.run(t, many(20), false)
		if second.Counts.Created != 10 || !second.Withdrawable {
			t.Fatalf("%+v", second.Import)
		}
		if _, err := r.Withdraw(r.ctx, second.ID, "发错了文件"); err != nil {
			t.Fatal(err)
		}
		if n := len(r.register.names(t)); n != first.Counts.Created {
			t.Errorf("%d people are left, want %d", n, first.Counts.Created)
		}
		if _, err := r.Withdraw(r.ctx, second.ID, "又一次"); !errors.Is(err, ErrWithdrawn) {
			t.Error(err)
		}
		dry := r.run(t, many(10), true)
		if _, err := r.Withdraw(r.ctx, dry.ID, "试一下"); !errors.Is(err, ErrDryRun) {
			t.Error(err)
		}
		if !slices.Contains(r.diary.verbs, "withdraw") {
			t.Error("the operation log does not tell of it")
		}
	})
}

// An import that was given up could not write that down itself: the list says
// so, and what it left is taken back.
func TestAnImportThatWasGivenUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		r.register.crashIn, r.register.forGood = 2, true
		kept, err := r.Keep(r.ctx, r.request(many(900), false))
		if err != nil {
			t.Fatal(err)
		}
		id, err := r.Submit(r.ctx, kept)
		if err != nil {
			t.Fatal(err)
		}
		listed := func() Import {
			t.Helper()
			page, err := r.List(r.ctx, Filter{}, 10, "")
			if err != nil || len(page.Items) != 1 {
				t.Fatalf("%+v %v", page.Items, err)
			}
			return page.Items[0]
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() { defer close(ended); r.queue.Run(ctx, 1) }()
		for end := time.Now().Add(20 * time.Second); listed().Status != Failed; time.Sleep(20 * time.Millisecond) {
			st, err := r.jobs.Status(t.Context(), jobKind+":"+id)
			if err != nil || time.Now().After(end) {
				t.Fatalf("not given up: %+v %v", st, err)
			}
			if st.State == job.Queued && st.Attempts > 0 { // nobody waits for the next try
				r.later.Add(int64(10 * time.Minute))
			}
		}
		stop()
		<-ended
		i := listed()
		if i.Failure == nil || i.Failure.Code != job.CauseFailure || i.FinishedAt == nil || i.Counts.Done() != 500 || !i.Withdrawable {
			t.Fatalf("%+v", i)
		}
		if n := len(r.register.names(t)); n != i.Counts.Created {
			t.Errorf("%d people, want %d", n, i.Counts.Created)
		}
		if _, err := r.Withdraw(r.ctx, id, "没有做完"); err != nil {
			t.Fatal(err)
		}
		r.settle(t)
		if i = listed(); i.WithdrawnAt == nil || i.Status != Failed || i.Withdrawable || len(r.register.names(t)) != 0 {
			t.Errorf("%+v, %d people", i, len(r.register.names(t)))
		}
	})
}

// settle lets the queue work until the withdrawal has ended one way or another.
func (r rig) settle(t *testing.T) {
	t.Helper()
	over := r.diary.over
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.queue.Run(ctx, 1)
	}()
	<-over
	stop()
	<-ended
}

func TestAWithdrawalOfManyIsAJob(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		all := r.run(t, many(2*PartSize+50), false)
		rows := all.Counts.Created
		asked, err := r.Withdraw(r.ctx, all.ID, "发错了文件")
		if err != nil || asked.Withdrawal.Stage != Withdrawing || asked.Withdrawable || asked.WithdrawnAt != nil {
			t.Fatalf("%+v %v", asked, err)
		}
		if _, err := r.Withdraw(r.ctx, all.ID, "又按了一次"); !errors.Is(err, ErrWithdrawing) {
			t.Error(err)
		}
		r.register.crashAt = 5 // three parts are looked at, the second that is taken back fails
		r.settle(t)
		done, err := r.Report(r.ctx, all.ID)
		if err != nil || done.Withdrawal.Stage != WithdrawalDone || done.Withdrawal.Rows != rows || done.WithdrawnAt == nil || done.Withdrawable {
			t.Errorf("%+v %v", done.Withdrawal, err)
		}
		if left := r.register.names(t); len(left) != 0 {
			t.Errorf("%d people are left", len(left))
		}
		if looks := slices.IndexFunc(r.register.parts, func(p Part) bool { return !p.Look }); looks != 3 {
			t.Errorf("%d parts were looked at before the first was taken back", looks)
		}
		if n := len(r.register.parts); n != 7 {
			t.Errorf("%d parts, want three looks, three taken back and one again", n)
		}
	})
}

func TestWhatStandsInTheWayIsFoundBeforeAnythingIsTouched(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		all := r.run(t, many(2*PartSize+50), false)
		rows := all.Counts.Created
		last := r.build(t, all.ID, true)
		r.must(t, all.ID)
		stopped := r.standing(t, all.ID)
		if w := stopped.Withdrawal; w.Stage != WithdrawalStopped || w.Rows != 0 || w.Hindered != 1 || w.InTheWay[0].Code != errBuilt.Code || w.InTheWay[0].Params["name"] != last || !stopped.Withdrawable {
			t.Errorf("%+v", w)
		}
		if left := r.register.names(t); len(left) != rows {
			t.Errorf("%d people are left", len(left))
		}

		// Settled, and built upon once more between the look and the end: what
		// was taken back stays so, and the next try goes on behind it.
		r.build(t, all.ID, false)
		r.register.between = func(ctx context.Context) { r.buildIn(ctx, t, all.ID, true) }
		r.must(t, all.ID)
		half := r.standing(t, all.ID)
		if w := half.Withdrawal; w.Stage != WithdrawalStopped || w.Rows != 2*PartSize || len(r.register.names(t)) != rows-2*PartSize {
			t.Errorf("%+v", w)
		}
		r.register.between = nil
		r.build(t, all.ID, false)
		r.must(t, all.ID)
		done := r.standing(t, all.ID)
		if w := done.Withdrawal; w.Stage != WithdrawalDone || w.Rows != rows || w.Hindered != 0 || len(r.register.names(t)) != 0 {
			t.Errorf("%+v", w)
		}
	})
}

// Who withdraws a table settles what stands in the way person by person, so all
// of them are named: at once in the refusal, later in the report.
func TestAllThatStandsInTheWayIsNamed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		for name, rows := range map[string]int{"at once": PartSize, "in the background": 2 * PartSize} {
			all := r.run(t, many(rows), false)
			built := []string{}
			for i, d := range r.left(t, all.ID) {
				if i%3 == 0 {
					d.Built = true
					if err := r.register.docs.Replace(r.ctx, &d); err != nil {
						t.Fatal(err)
					}
					built = append(built, d.Name)
				}
			}
			named := []string{}
			if rows == PartSize {
				_, err := r.Withdraw(r.ctx, all.ID, "发错了文件")
				refusal, refused := fault.From(err)
				if !refused || refusal.Code != errBuilt.Code || refusal.Params["name"] != refusal.Fields[0].Params["name"] {
					t.Fatal(err)
				}
				for _, f := range refusal.Fields {
					named = append(named, f.Params["name"])
				}
			} else {
				r.must(t, all.ID)
				w := r.standing(t, all.ID).Withdrawal
				if w.Stage != WithdrawalStopped || w.Hindered != len(built) {
					t.Fatalf("%s: %+v", name, w)
				}
				for _, p := range w.InTheWay {
					named = append(named, p.Params["name"])
				}
			}
			slices.Sort(built)
			slices.Sort(named)
			if !slices.Equal(named, built[:min(len(built), namedInTheWay)]) {
				t.Errorf("%s: %d are named, %d stand in the way", name, len(named), len(built))
			}
			for _, d := range r.left(t, all.ID) {
				if err := r.register.docs.Delete(r.ctx, d.ID, 0); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// left is what an import brought and is still there.
func (r rig) left(t *testing.T, id string) (out []personDoc) {
	t.Helper()
	err := r.register.docs.Each(r.ctx, store.Query{Index: "import", Equal: []any{id}}, func(d personDoc) error {
		out = append(out, d)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// must asks for the withdrawal and waits for its end.
func (r rig) must(t *testing.T, id string) {
	t.Helper()
	if _, err := r.Withdraw(r.ctx, id, "发错了文件"); err != nil {
		t.Fatal(err)
	}
	r.settle(t)
}

func (r rig) standing(t *testing.T, id string) Report {
	t.Helper()
	report, err := r.Report(r.ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// build lets something rest on the last row of an import, or nothing.
func (r rig) build(t *testing.T, id string, built bool) (name string) {
	t.Helper()
	return r.buildIn(t.Context(), t, id, built)
}

func (r rig) buildIn(ctx context.Context, t *testing.T, id string, built bool) string {
	t.Helper()
	page, err := r.register.docs.Find(ctx, store.Query{Index: "import", Equal: []any{id}, Desc: true, Limit: 1})
	if err != nil || len(page.Items) != 1 {
		t.Error(len(page.Items), err)
		return ""
	}
	d := page.Items[0]
	d.Built = built
	if err := r.register.docs.Replace(ctx, &d); err != nil {
		t.Error(err)
	}
	return d.Name
}
