package certificates_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"carecert/modules/certificates"
	"carecert/modules/certificates/verify"
	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

func TestIssuing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.issue(t, completion("person-1", "class-1:person-1"))
		if c.Number != "0001-2026-00001" || len(c.Code) != 16 || c.NameMasked != "王*兰" || c.IssuerName != "香格里拉培训学校" {
			t.Errorf("%+v", c)
		}
		if !strings.HasPrefix(c.QRText, strings.ToUpper(baseURL)+"/V/"+c.Code+"#") {
			t.Errorf("%s", c.QRText)
		}
		if again := w.issue(t, completion("person-1", "class-1:person-1")); again.ID != c.ID {
			t.Error("the same cause issued twice")
		}
		if next := w.issue(t, completion("person-2", "class-1:person-2")); next.Number != "0001-2026-00002" {
			t.Errorf("the next of the year is %s", next.Number)
		}
		other := completion("person-1", "")
		other.IssuedOn = "2025-12-31"
		if next := w.issue(t, other); next.Number != "0001-2025-00001" {
			t.Errorf("the first of the year before is %s", next.Number)
		}
		other.Issuer = home
		id := must[kernel.CertificateID](t)(w.Issue(w.as(school), other))
		if next := must[certificates.Certificate](t)(w.Find(w.as(home), id)); next.Number != "0002-2025-00001" {
			t.Errorf("another issuer's first is %s", next.Number)
		}
		old := completion("person-1", "")
		old.IssuedOn = "2019-05-01" // before the first day that the format knows
		w.issue(t, old)
		if r := must[certificates.LogReport](t)(w.LogVerify(w.ctx, nil)); r.Bad != nil {
			t.Errorf("%+v", r.Bad)
		}
		p := must[certificates.Public](t)(w.VerifyText(w.ctx, c.QRText))
		if p.Verdict != verify.Genuine || p.Card.NameMasked != "王*兰" || p.Card.Title != c.Title {
			t.Errorf("%+v", p)
		}
	})
}

func TestARefusedTransactionIssuesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		refused := errors.New("refused")
		err := db.Tx(w.as(school), func(ctx context.Context) error {
			if _, err := w.Issue(ctx, completion("person-1", "once")); err != nil {
				return err
			}
			return refused
		})
		if !errors.Is(err, refused) {
			t.Fatal(err)
		}
		if p := must[certificates.Page](t)(w.List(w.as(bureau), certificates.Filter{}, 20, "")); p.Total != 0 || len(w.Logged()) != 0 {
			t.Errorf("left behind: %+v", p)
		}
		if c := w.issue(t, completion("person-1", "once")); c.Number != "0001-2026-00001" {
			t.Errorf("a number was lost: %s", c.Number)
		}
	})
}

func TestParallelIssuesLeaveNoGap(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		const n = 20
		var all sync.WaitGroup
		for range n {
			all.Go(func() {
				if _, err := w.Issue(w.as(school), completion("person-1", "")); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		numbers, places := map[string]bool{}, map[uint32]bool{}
		p := must[certificates.Page](t)(w.List(w.as(school), certificates.Filter{}, 200, ""))
		for _, c := range p.Items {
			numbers[c.Number], places[c.StatusAt] = true, true
		}
		if len(numbers) != n || !numbers["0001-2026-00001"] || !numbers["0001-2026-00020"] || len(places) != n {
			t.Errorf("%d numbers, %d places: %v", len(numbers), len(places), numbers)
		}
	})
}

func TestWhatIsIssuedStaysAsItIs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.issue(t, completion("person-1", ""))
		w.cards["person-1"] = kernel.PersonCard{ID: "person-1", Name: "王秀岚", Reach: []kernel.OrganizationID{home, bureau}}
		if again := must[certificates.Certificate](t)(w.Find(w.as(school), c.ID)); again.Name != "王秀兰" || again.QRText != c.QRText {
			t.Errorf("%+v", again)
		}
		if p := must[certificates.Public](t)(w.Lookup(w.ctx, c.Code)); p.Card.NameMasked != "王*兰" {
			t.Errorf("%+v", p.Card)
		}
	})
}

func TestRevoking(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.issue(t, completion("person-1", ""))
		if _, err := w.Revoke(w.as(otherSchool), c.ID, "学时不实"); !errors.Is(err, certificates.ErrUnknown) {
			t.Errorf("another school revoked it: %v", err)
		}
		must[certificates.Public](t)(w.Lookup(w.ctx, c.Code))
		must[verify.StatusList](t)(w.StatusList(w.ctx, 0)) // handed out just before
		must[certificates.Certificate](t)(w.Revoke(w.as(school), c.ID, "学时经核查不实"))
		p := must[certificates.Public](t)(w.VerifyText(w.ctx, c.QRText))
		if p.Verdict != verify.Revoked || p.Card.Reason != "学时经核查不实" || p.Card.ChangedOn != "2026-01-05" {
			t.Errorf("%+v", p)
		}
		if _, err := w.Revoke(w.as(school), c.ID, "再来一次"); !errors.Is(err, certificates.ErrNotValid) {
			t.Errorf("revoked twice: %v", err)
		}
		if _, err := w.Replace(w.as(school), c.ID, "换发"); !errors.Is(err, certificates.ErrNotValid) {
			t.Errorf("replaced a revoked one: %v", err)
		}
		list := must[verify.StatusList](t)(w.StatusList(w.ctx, 0))
		r, err := verify.Offline(c.QRText, w.Keys(), &list, w.Now())
		if err != nil || r.Verdict != verify.Revoked || !r.StatusChecked {
			t.Errorf("offline: %+v %v", r, err)
		}
		if _, err := w.StatusList(w.ctx, 1); !errors.Is(err, certificates.ErrStatusListGone) {
			t.Errorf("an empty list: %v", err)
		}
	})
}

func TestReplacing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		old := w.issue(t, completion("person-1", ""))
		w.Pass(24 * time.Hour)
		next := must[certificates.Certificate](t)(w.Replace(w.as(school), old.ID, "姓名更正"))
		was := must[certificates.Certificate](t)(w.Find(w.as(school), old.ID))
		if was.ReplacedBy != next.ID || next.Replaces != old.ID || next.Number == old.Number || next.IssuedOn != "2026-01-06" {
			t.Errorf("%+v\n%+v", was, next)
		}
		p := must[certificates.Public](t)(w.VerifyText(w.ctx, old.QRText))
		if p.Verdict != verify.Superseded || p.Card.Successor != next.Code {
			t.Errorf("%+v", p)
		}
		if p := must[certificates.Public](t)(w.VerifyText(w.ctx, next.QRText)); p.Verdict != verify.Genuine {
			t.Errorf("%+v", p)
		}
		list := must[verify.StatusList](t)(w.StatusList(w.ctx, 0))
		if r, err := verify.Offline(old.QRText, w.Keys(), &list, w.Now()); err != nil || r.Verdict != verify.Superseded {
			t.Errorf("offline: %+v %v", r, err)
		}
	})
}

func TestOnlyWhatHasAValidityExpires(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		d := completion("person-1", "")
		d.ExpiresOn = "2026-01-06"
		short, lasting := w.issue(t, d), w.issue(t, completion("person-1", ""))
		for _, c := range []struct {
			name string
			at   kernel.Date
			want verify.Verdict
		}{{"on its last day", "2026-01-06", verify.Genuine}, {"the day after", "2026-01-07", verify.Expired}} {
			w.Pass(c.at.End().Add(-time.Second).Sub(w.Now()))
			if p := must[certificates.Public](t)(w.VerifyText(w.ctx, short.QRText)); p.Verdict != c.want {
				t.Errorf("%s: %s", c.name, p.Verdict)
			}
		}
		w.Pass(20 * 365 * 24 * time.Hour)
		if p := must[certificates.Public](t)(w.VerifyText(w.ctx, lasting.QRText)); p.Verdict != verify.Genuine {
			t.Errorf("without a validity: %s", p.Verdict)
		}
	})
}

func TestAnotherInstanceSeesARevocationWithinASecond(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.issue(t, completion("person-1", ""))
		other := w.open(t).Service
		must[certificates.Public](t)(other.Lookup(w.ctx, c.Code))
		must[certificates.Certificate](t)(w.Revoke(w.as(school), c.ID, "学时不实"))
		w.Pass(time.Second)
		if p := must[certificates.Public](t)(other.Lookup(w.ctx, c.Code)); p.Verdict != verify.Revoked {
			t.Errorf("%s", p.Verdict)
		}
		// and it knows the first one's key
		if p := must[certificates.Public](t)(other.VerifyText(w.ctx, c.QRText)); p.Verdict != verify.Revoked {
			t.Errorf("%s", p.Verdict)
		}
	})
}

func TestWhatIsNotOurs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.issue(t, completion("person-1", ""))
		// the last letter but one, so that the change falls on whole bits of the
		// signature and never happens to write what stood there
		at := len(c.QRText) - 2
		other := "A"
		if c.QRText[at] == 'A' {
			other = "B"
		}
		forged := c.QRText[:at] + other + c.QRText[at+1:]
		for _, x := range []struct {
			name, text string
			want       verify.Verdict
		}{
			{"altered", forged, verify.Forged},
			{"in lower case", strings.ToLower(c.QRText), verify.Forged},
			{"with a blank behind", c.QRText + " ", verify.Forged},
			{"only the link", strings.Split(c.QRText, "#")[0], verify.Unknown},
			{"something else", "hello", verify.Unknown},
		} {
			if p, err := w.VerifyText(w.ctx, x.text); err != nil || p.Verdict != x.want {
				t.Errorf("%s: %s %v", x.name, p.Verdict, err)
			}
		}
		for _, text := range []string{"", strings.Repeat("A", 4097)} {
			if _, err := w.VerifyText(w.ctx, text); !errors.Is(err, certificates.ErrText) {
				t.Errorf("%d characters: %v", len(text), err)
			}
		}
		if _, err := w.Lookup(w.ctx, "7QK4M2XW9DHCT3VN"); !errors.Is(err, certificates.ErrUnknown) {
			t.Errorf("%v", err)
		}
		typed := strings.ToLower(c.Code[:4]) + "-" + c.Code[4:8] + " " + c.Code[8:]
		if p := must[certificates.Public](t)(w.Lookup(w.ctx, typed)); p.Verdict != verify.Genuine {
			t.Errorf("typed as %s: %s", typed, p.Verdict)
		}
	})
}

func TestTheHolderIsMatchedByNumber(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.issue(t, completion("person-1", ""))
		for number, want := range map[string]bool{w.ids["person-1"]: true, w.ids["person-2"]: false} {
			if got, err := w.Matches(w.ctx, c.QRText, number); err != nil || got != want {
				t.Errorf("%s: %v %v", number, got, err)
			}
		}
		if got, err := w.Matches(w.ctx, c.QRText+"A", w.ids["person-1"]); err != nil || got {
			t.Errorf("by a forged text: %v %v", got, err)
		}
	})
}

func TestOneCauseIssuesOnceHoweverManyAsk(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		var all sync.WaitGroup
		ids := make([]kernel.CertificateID, 8)
		for i := range ids {
			all.Go(func() {
				id, err := w.Issue(w.as(school), completion("person-1", "class-1:person-1"))
				if err != nil {
					t.Error(err)
				}
				ids[i] = id
			})
		}
		all.Wait()
		if slices.Sort(ids); ids[0] != ids[len(ids)-1] {
			t.Errorf("%v", ids)
		}
	})
}
