package certificates_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"carecert/modules/certificates"
	"carecert/modules/certificates/verify"
	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

// worked runs the queue until the withdrawal is over.
func (w *world) worked(t *testing.T, class kernel.ClassID) certificates.Withdrawal {
	t.Helper()
	ctx, stop := context.WithCancel(w.ctx)
	ended := make(chan struct{})
	go func() { defer close(ended); w.queue.Run(ctx, 1) }()
	defer func() { stop(); <-ended }()
	for range 600 {
		x := must[certificates.Withdrawal](t)(w.Withdrawal(w.as(bureau), class))
		if x.EndedAt != nil {
			return x
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("the withdrawal does not end")
	return certificates.Withdrawal{}
}

func TestAClassIsWithdrawn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		var all []certificates.Certificate
		for n := range 5 {
			all = append(all, w.issue(t, completion("person-1", fmt.Sprint("one:", n))))
		}
		other := completion("person-2", "other")
		other.Class = "class-2"
		kept := w.issue(t, other)
		must[certificates.Certificate](t)(w.Revoke(w.as(school), all[0].ID, "证件有误"))
		renewed := must[certificates.Certificate](t)(w.Replace(w.as(school), all[1].ID, "更名"))

		for name, who := range map[string]context.Context{"another school": w.as(otherSchool), "a home of the holder": w.as(home)} {
			if _, err := w.WithdrawClass(who, "class-1", "替人打卡"); !errors.Is(err, certificates.ErrClassUnknown) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.WithdrawClass(w.as(bureau), "nowhere", "替人打卡"); !errors.Is(err, certificates.ErrClassUnknown) {
			t.Errorf("a class that is none: %v", err)
		}
		decided := must[certificates.Withdrawal](t)(w.WithdrawClass(w.as(bureau), "class-1", "替人打卡"))
		if decided.Total != 4 || decided.Done != 0 {
			t.Errorf("%+v", decided)
		}
		if _, err := w.Issue(w.as(school), completion("person-3", "late")); !errors.Is(err, certificates.ErrClassWithdrawn) {
			t.Errorf("issued for a withdrawn class: %v", err)
		}
		done := w.worked(t, "class-1")
		if done.Done != 4 || done.Reason != "替人打卡" {
			t.Errorf("%+v", done)
		}
		again := must[certificates.Withdrawal](t)(w.WithdrawClass(w.as(school), "class-1", "另一个理由"))
		if again.Reason != "替人打卡" || !again.At.Equal(decided.At) {
			t.Errorf("the same again is another decision: %+v", again)
		}
		verdicts := map[kernel.CertificateID]verify.Verdict{
			all[0].ID: verify.Revoked, all[1].ID: verify.Superseded, all[2].ID: verify.Revoked, all[3].ID: verify.Revoked,
			all[4].ID: verify.Revoked, renewed.ID: verify.Revoked, kept.ID: verify.Genuine,
		}
		for id, want := range verdicts {
			c := must[certificates.Certificate](t)(w.Find(w.as(bureau), id))
			if p := must[certificates.Public](t)(w.VerifyText(w.ctx, c.QRText)); p.Verdict != want {
				t.Errorf("%s is told %s, want %s", id, p.Verdict, want)
			}
		}
		if c := must[certificates.Certificate](t)(w.Find(w.as(bureau), all[0].ID)); c.Revocation.Reason != "证件有误" {
			t.Errorf("an earlier revocation says %s", c.Revocation.Reason)
		}
		if c := must[certificates.Certificate](t)(w.Find(w.as(bureau), all[2].ID)); c.Revocation.Reason != "替人打卡" || c.Revocation.ByName != "沈老师" {
			t.Errorf("%+v", c.Revocation)
		}
		if r := must[certificates.LogReport](t)(w.LogVerify(w.ctx, nil)); r.Bad != nil {
			t.Errorf("%+v", r.Bad)
		}
		told := 0
		for _, f := range w.Announced() {
			if x, ok := f.(certificates.Withdrawn); ok && x.Class == "class-1" {
				told++
			}
		}
		if told != 1 {
			t.Errorf("told %d times", told)
		}
	})
}
