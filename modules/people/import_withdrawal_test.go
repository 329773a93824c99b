package people_test

import (
	"errors"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/imports"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/people"
)

func TestAnImportIsWithdrawn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		known := d.register(t, d.as(home), "王小兰", wang)
		raw := []byte("姓名,身份证号,入职日期\n王小兰," + wang + ",2024-01-01\n李红," + numbered(1) + ",2024-01-01\n")
		r := d.send(t, home, "a.csv", raw, false)
		fresh, err := d.Identify(d.ctx, "李红", numbered(1))
		if err != nil || r.Counts.Created != 1 || r.Counts.Updated != 1 {
			t.Fatalf("%s %v", counts(r), err)
		}
		d.built[fresh] = d.Now().AddDate(0, -1, 0) // whatever the clock said: the person came with the import
		if _, err := d.engine.Withdraw(d.as(home), r.ID, "发错了"); !errors.Is(err, people.ErrCertifiedSince) {
			t.Fatalf("withdrawn from under a certificate: %v", err)
		}
		delete(d.built, fresh)
		asked, err := d.Transfer(d.as(home), fresh, people.TransferDraft{To: other, On: "2025-11-01", Reason: "本人申请"})
		if err != nil || asked.State != people.TransferAsked {
			t.Fatalf("%+v %v", asked, err)
		}
		if _, err := d.engine.Withdraw(d.as(home), r.ID, "发错了"); !errors.Is(err, people.ErrTransferSince) {
			t.Fatalf("withdrawn from under a transfer: %v", err)
		}
		if _, err := d.Answer(d.as(other), asked.ID, false, "岗位已满"); err != nil {
			t.Fatal(err)
		}
		story, err := d.Tell(d.as(home), fresh)
		if err != nil {
			t.Fatal(err)
		}
		link, err := d.Printed(d.as(home), story, people.StoryFilter{})
		if err != nil || link.State(d.Now()) != people.LinkOpen {
			t.Fatalf("%+v %v", link, err)
		}
		if _, err := d.engine.Withdraw(d.as(home), r.ID, "发错了"); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Identify(d.ctx, "李红", numbered(1)); !errors.Is(err, people.ErrUnknown) {
			t.Errorf("still registered: %v", err)
		}
		if shown, err := d.OpenLink(d.ctx, link.Code); err != nil || shown.State(d.Now()) != people.LinkRevoked || shown.RevokedBy != people.EndByRegister {
			t.Errorf("the link of a printed page is %s: %v", shown.State(d.Now()), err)
		}
		p, err := d.Find(d.as(home), known)
		if err != nil || len(p.Career.Latest()) != 0 || len(p.Career) != 1 {
			t.Errorf("the known person's career %+v %v", p.Career, err)
		}
		if again := d.send(t, home, "a.csv", raw, false); again.Counts.Created != 1 || again.Counts.Updated != 1 {
			t.Errorf("sent again: %s", counts(again))
		}
	})
}

// A withdrawn import leaves what it changed as it was before, unless somebody has
// changed it since; and takes nobody with it whose record was worked on by hand.
func TestAWithdrawalGivesBackWhatWasChanged(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		file := func(phone, education string) []byte {
			return []byte("姓名,身份证号,联系电话,学历,入职日期\n王小兰," + wang + "," + phone + "," + education + ",2024-01-01\n")
		}
		withdraw := func(id string) error { _, err := d.engine.Withdraw(d.as(home), id, "发错了"); return err }
		first := d.send(t, home, "a.csv", file("13800138000", "高中"), false)
		who, err := d.Identify(d.ctx, "王小兰", wang)
		if err != nil {
			t.Fatal(err)
		}
		stands := func() string {
			t.Helper()
			p, err := d.Find(d.as(home), who)
			if err != nil {
				t.Fatal(err)
			}
			return p.Phone + " " + string(p.Education)
		}
		before := stands()
		second := d.send(t, home, "b.csv", file("13912345678", "本科"), false)
		if err := withdraw(second.ID); err != nil || stands() != before || second.Counts.Updated != 1 {
			t.Fatalf("%v: %s, before %s", err, stands(), before)
		}
		third := d.send(t, home, "c.csv", file("13912345678", "本科"), false)
		change := func(education people.Education) {
			t.Helper()
			if _, err := d.Amend(d.as(home), who, func(p *people.Particulars, _ int64) error { p.Education = education; return nil }); err != nil {
				t.Fatal(err)
			}
		}
		change("college")
		if err := withdraw(third.ID); !errors.Is(err, people.ErrByHandSince) {
			t.Errorf("what was changed since is overwritten: %v", err)
		}
		change("bachelor")
		if err := withdraw(third.ID); err != nil || stands() != before {
			t.Errorf("%v: %s, before %s", err, stands(), before)
		}
		if err := withdraw(first.ID); !errors.Is(err, people.ErrByHandSince) {
			t.Errorf("a record that was worked on by hand leaves with its import: %v", err)
		}
		// What stood before is not kept for ever; while it is, oneself reads it.
		fourth := d.send(t, home, "d.csv", file("13912345678", "本科"), false)
		after := stands()
		own, err := d.PersonalData(d.as(home), who)
		if err != nil || len(own.Traces.Mends) != 2 || own.Traces.Mends[0].From != "138****8000" || own.Traces.Mends[1].To != "bachelor" {
			t.Errorf("%+v %v", own.Traces.Mends, err)
		}
		if n, err := d.Aged()["importMends"].Remove(t.Context(), d.Now().AddDate(1, 0, 0)); n != 1 || err != nil {
			t.Errorf("%d forgotten: %v", n, err)
		}
		if err := withdraw(fourth.ID); err != nil || stands() != after {
			t.Errorf("%v: %s, after %s", err, stands(), after)
		}
	})
}

// A later file carried on what an earlier one recorded: the later one goes first,
// and nothing of either comes again.
func TestImportsAreWithdrawnTheLatestFirst(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d := newDesk(t, db)
		id := d.register(t, d.as(home), "王小兰", wang)
		first := d.send(t, home, "a.csv", []byte("姓名,身份证号,入职日期\n王小兰,"+wang+",2024-01-01\n李红,"+numbered(1)+",2024-01-01\n"), false)
		d.Pass(time.Hour)
		second := d.send(t, home, "b.csv", []byte("姓名,身份证号,入职日期,离职日期,学历\n王小兰,"+wang+",2024-01-01,2025-01-01,\n李红,"+numbered(1)+",,,大专\n"), false)
		_, err := d.engine.Withdraw(d.as(home), first.ID, "发错了")
		f, refused := fault.From(err)
		if !refused || len(f.Fields) != 2 || f.Fields[0].Code != people.ErrImportSince.Code || f.Fields[1].Code != people.ErrImportSince.Code {
			t.Fatalf("the earlier one first: %v", err)
		}
		for _, r := range []imports.Report{second, first} {
			d.Pass(time.Hour)
			if _, err := d.engine.Withdraw(d.as(home), r.ID, "发错了"); err != nil {
				t.Fatal(err)
			}
		}
		p, err := d.Find(d.admin(), id)
		if err != nil || len(p.Career.Latest()) != 0 {
			t.Errorf("what was withdrawn stands: %+v %v", p.Career.Latest(), err)
		}
	})
}

// What somebody corrected by hand since, or merged, is not taken back from
// under them.
func TestAWithdrawalLeavesWhatWasDoneByHand(t *testing.T) {
	const roster = "姓名,身份证号,入职日期\n王小兰," + wang + ",2025-02-01\n"
	for name, since := range map[string]struct {
		refusal *fault.Fault
		act     func(t *testing.T, d desk, id kernel.PersonID)
	}{
		"the spell was ended": {people.ErrByHandSince, func(t *testing.T, d desk, id kernel.PersonID) {
			e := latestOf(t, d, id)
			if _, err := d.End(d.as(home), id, e.ID, "2025-05-31", ""); err != nil {
				t.Fatal(err)
			}
		}},
		"consent was taken on paper": {people.ErrConsentSince, func(t *testing.T, d desk, id kernel.PersonID) { d.signed(t, id) }},
		"consent was taken back on paper": {people.ErrConsentSince, func(t *testing.T, d desk, id kernel.PersonID) {
			d.signed(t, id)
			if _, err := d.WithdrawConsent(d.as(home), id, people.ConsentWord{SignedOn: "2025-09-02"}); err != nil {
				t.Fatal(err)
			}
		}},
		"a correction is asked for": {people.ErrCorrectionSince, func(t *testing.T, d desk, id kernel.PersonID) {
			d.corrections(15, 10)
			d.ask(t, id, people.CorrectionRequest{Field: people.CorrectMajor, Text: "护理"})
		}},
		"the record was merged": {people.ErrMergedSince, func(t *testing.T, d desk, id kernel.PersonID) {
			other := d.register(t, d.admin(), "王小兰", numbered(5))
			if _, err := d.Merge(d.admin(), other, id, "同一人"); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				d := newDesk(t, db)
				var id kernel.PersonID
				if name == "the spell was ended" {
					id = d.register(t, d.as(home), "王小兰", wang)
				}
				r := d.send(t, home, "a.csv", []byte(roster), false)
				if id == "" {
					var err error
					if id, err = d.Identify(d.ctx, "王小兰", wang); err != nil {
						t.Fatal(err)
					}
				}
				since.act(t, d, id)
				if _, err := d.engine.Withdraw(d.as(home), r.ID, "发错了"); !errors.Is(err, since.refusal) {
					t.Errorf("withdrawn: %v", err)
				}
			})
		})
	}
}

// signed registers a consent signed on paper.
func (d desk) signed(t *testing.T, id kernel.PersonID) {
	t.Helper()
	d.notices("1")
	if _, err := d.Consent(d.as(home), id, people.ConsentWord{Version: "1", SignedOn: "2025-09-01"}); err != nil {
		t.Fatal(err)
	}
}

func latestOf(t *testing.T, d desk, id kernel.PersonID) people.Entry {
	t.Helper()
	p, err := d.Find(d.as(home), id)
	if err != nil || len(p.Career.Latest()) != 1 {
		t.Fatalf("%+v %v", p.Career, err)
	}
	return p.Career.Latest()[0]
}
