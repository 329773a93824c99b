package certificates_test

import (
	"errors"
	"testing"
	"time"

	"carecert/modules/certificates"
	"carecert/modules/certificates/verify"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

func TestKeysRetireAndAreLost(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		other := w.open(t).Service
		yesterday := completion("person-1", "")
		yesterday.IssuedOn = "2026-01-04"
		before, first := w.issue(t, yesterday), w.issue(t, completion("person-1", ""))
		keys := must[verify.Keys](t)(w.RotateKey(w.as(bureau), "每年更换"))
		if len(keys.Keys) != 2 || keys.Keys[0].RetiredAt == nil || keys.Keys[1].RetiredAt != nil {
			t.Fatalf("%+v", keys)
		}
		w.later(time.Second)
		verdict := func(s *certificates.Service, c certificates.Certificate) verify.Verdict {
			return must[certificates.Public](t)(s.VerifyText(w.ctx, c.QRText)).Verdict
		}
		if got := verdict(w.Service, first); got != verify.Genuine {
			t.Errorf("signed by a key that has retired: %s", got)
		}
		second := w.issue(t, completion("person-2", ""))
		if got := verdict(other, second); got != verify.Genuine {
			t.Errorf("another instance does not know the new key: %s", got)
		}
		if r, err := verify.Offline(second.QRText, keys, nil, w.Now()); err != nil || r.Facts.Key != 2 {
			t.Errorf("signed by key %d: %v", r.Facts.Key, err)
		}

		must[verify.Keys](t)(w.CompromiseKey(w.as(bureau), 1, "2026-01-05", "密钥文件外泄"))
		w.later(time.Second)
		for _, s := range []*certificates.Service{w.Service, other} {
			if got := verdict(s, first); got != verify.Forged {
				t.Errorf("signed while others had the key: %s", got)
			}
			if got := verdict(s, before); got != verify.Genuine {
				t.Errorf("signed before: %s", got)
			}
		}
		// The key that signs is lost: the next one takes over at once.
		keys = must[verify.Keys](t)(w.CompromiseKey(w.as(bureau), 2, "2026-01-05", "密钥文件外泄"))
		if len(keys.Keys) != 3 || keys.Keys[2].CompromisedAt != nil {
			t.Errorf("%+v", keys)
		}
		w.later(time.Second)
		if got := verdict(w.Service, second); got != verify.Forged {
			t.Errorf("%s", got)
		}
		if got := verdict(w.Service, w.issue(t, completion("person-2", ""))); got != verify.Genuine {
			t.Errorf("%s", got)
		}
		if r := must[certificates.LogReport](t)(w.LogVerify(w.ctx, nil)); r.Bad != nil {
			t.Errorf("a lost key is taken for an altered row: %+v", r.Bad)
		}
		if _, err := w.CompromiseKey(w.as(bureau), 9, "2026-01-05", "没有"); !errors.Is(err, certificates.ErrKeyUnknown) {
			t.Errorf("%v", err)
		}
		if _, err := w.CompromiseKey(w.as(bureau), 1, "2026-01-06", "明天"); !errors.Is(err, certificates.ErrFuture) {
			t.Errorf("%v", err)
		}
	})
}
