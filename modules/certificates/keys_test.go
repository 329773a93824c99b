package certificates_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"carecert/modules/certificates"
	v1 "carecert/modules/certificates/format/v1"
	"carecert/modules/certificates/signature"
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
		w.Pass(time.Second)
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
		w.Pass(time.Second)
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
		w.Pass(time.Second)
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

// Whoever had a key signs what they like and dates it back to before it was
// lost: nothing of that is genuine, whichever code they put on it.
func TestWhatALostKeySignedWithADateBeforeIsNotOurs(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		stolen := must[signature.Private](t)(signature.Generate(signature.Ed25519))
		w.restart(t, certificates.SigningKeys{Algorithm: signature.Ed25519, Outside: &stolen})
		draft := completion("person-1", "")
		draft.IssuedOn = "2026-01-02"
		c := w.issue(t, draft)
		facts := must[verify.Result](t)(verify.Offline(c.QRText, w.Keys(), nil, w.Now())).Facts
		forge := func(change func(*v1.Facts)) string {
			f := facts
			change(&f)
			return must[string](t)(v1.Sign(w.ctx, stolen, baseURL, f))
		}
		level := forge(func(f *v1.Facts) { f.NameMasked, f.Level = "李*国", 1 })
		invented := forge(func(f *v1.Facts) { f.Code = []byte("0123456789") })
		want := func(text string, online verify.Verdict) {
			t.Helper()
			if got := must[certificates.Public](t)(w.VerifyText(w.ctx, text)).Verdict; got != online {
				t.Errorf("online %s, want %s", got, online)
			}
			if got := must[certificates.Judgement](t)(w.JudgeAt(w.ctx, text, w.Now())).Verdict; got != online {
				t.Errorf("as of now %s, want %s", got, online)
			}
		}
		must[verify.Keys](t)(w.CompromiseKey(w.as(bureau), facts.Key, "2026-01-04", "密钥文件外泄"))
		w.Pass(time.Second)
		want(c.QRText, verify.Genuine)
		want(w.LiveText(c, w.Now()), verify.Genuine)
		want(level, verify.Forged)
		want(invented, verify.Unknown)
		if ok := must[bool](t)(w.Matches(w.ctx, level, w.ids["person-1"])); ok {
			t.Error("an identity fits what a thief signed")
		}
	})
}

// A clock that is set back does not keep an instance from looking.
func TestAClockThatIsSetBackKeepsNothingFromThePublic(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		other := w.open(t).Service
		c := w.issue(t, completion("person-1", ""))
		if got := w.verdict(t, c); got != verify.Genuine {
			t.Fatalf("%s", got)
		}
		list := must[verify.StatusList](t)(w.StatusList(w.ctx, 0))
		w.Pass(-time.Hour)
		must[certificates.Certificate](t)(other.Revoke(w.as(school), c.ID, "冒名学习"))
		w.Pass(time.Second)
		if got := w.verdict(t, c); got != verify.Revoked {
			t.Errorf("revoked elsewhere, told %s", got)
		}
		if again := must[verify.StatusList](t)(w.StatusList(w.ctx, 0)); again.Encoded == list.Encoded || !again.IssuedAt.Before(list.IssuedAt) {
			t.Error("the list is still the one of the future")
		}
	})
}

// restart opens the module again with other signing keys.
func (w *world) restart(t *testing.T, keys certificates.SigningKeys) {
	t.Helper()
	w.sign = keys
	w.module = w.open(t)
	w.Service = w.module.Service
}

func (w *world) verdict(t *testing.T, c certificates.Certificate) verify.Verdict {
	t.Helper()
	return must[certificates.Public](t)(w.VerifyText(w.ctx, c.QRText)).Verdict
}

// curveOf is the algorithm of the key that signed a certificate.
func (w *world) curveOf(t *testing.T, c certificates.Certificate) string {
	t.Helper()
	r, err := verify.Offline(c.QRText, w.Keys(), nil, w.Now())
	if err != nil || r.Verdict != verify.Genuine {
		t.Fatalf("offline: %s %v", r.Verdict, err)
	}
	for _, k := range w.Keys().Keys {
		if k.ID == r.Facts.Key {
			return k.Curve
		}
	}
	return ""
}

func TestSM2IsAMatterOfConfiguration(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		before := w.issue(t, completion("person-1", ""))
		w.restart(t, certificates.SigningKeys{Algorithm: signature.SM2})
		c := w.issue(t, completion("person-1", ""))
		if old, now := w.curveOf(t, before), w.curveOf(t, c); old != "Ed25519" || now != "SM2" {
			t.Errorf("signed with %s, then %s", old, now)
		}
		if list := must[verify.StatusList](t)(w.StatusList(w.ctx, 0)); list.Check(w.Keys(), w.Now()) != nil || list.Key != 2 {
			t.Errorf("the status list is signed by key %d", list.Key)
		}
		must[verify.Keys](t)(w.RotateKey(w.as(bureau), "每年更换"))
		again := w.issue(t, completion("person-2", ""))
		if got := w.curveOf(t, again); got != "SM2" {
			t.Errorf("after a rotation: %s", got)
		}
		// JOSE has no SM2: credentials are vouched for by Ed25519 all the same.
		s := serve(t, w, bureau)
		for _, c := range []certificates.Certificate{before, c, again} {
			jwt := must[certificates.Secured](t)(w.Credential(w.ctx, c.Code)).JWT
			if s.trusts(t, jwt) == "" {
				t.Error("a credential that nobody elsewhere trusts")
			}
		}
		must[verify.Keys](t)(w.CompromiseKey(w.as(bureau), 2, "2026-01-05", "密钥外泄"))
		w.Pass(time.Second)
		if got := w.verdict(t, c); got != verify.Forged {
			t.Errorf("signed by a key that was lost: %s", got)
		}
		if got := w.verdict(t, again); got != verify.Genuine {
			t.Errorf("signed by the next one: %s", got)
		}
		w.restart(t, certificates.SigningKeys{})
		if got := w.curveOf(t, w.issue(t, completion("person-2", ""))); got != "Ed25519" || w.verdict(t, again) != verify.Genuine {
			t.Errorf("and back: %s", got)
		}
		if r := must[certificates.LogReport](t)(w.LogVerify(w.ctx, nil)); r.Bad != nil {
			t.Errorf("%+v", r.Bad)
		}
	})
}

func TestAKeyFromOutside(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		before := w.issue(t, completion("person-1", ""))
		for n, a := range []signature.Algorithm{signature.SM2, signature.Ed25519} {
			key := must[signature.Private](t)(signature.Generate(a))
			outside := certificates.SigningKeys{Algorithm: a, Outside: &key}
			w.restart(t, outside)
			count := len(w.Keys().Keys)
			c := w.issue(t, completion("person-1", ""))
			w.restart(t, outside) // again: the same key
			if got := w.curveOf(t, c); got != string(a) || len(w.Keys().Keys) != count {
				t.Errorf("%s: signed with %s, %d keys and then %d", a, got, count, len(w.Keys().Keys))
			}
			signed := must[certificates.Secured](t)(w.Credential(w.ctx, c.Code)).JWT
			if serve(t, w, bureau).trusts(t, signed) == "" {
				t.Errorf("%s: a credential that nobody elsewhere trusts", a)
			}
			if _, err := w.RotateKey(w.as(bureau), "每年更换"); !errors.Is(err, certificates.ErrKeyOutside) {
				t.Errorf("%s: rotated here: %v", a, err)
			}
			// Another instance that lacks the file goes on with a key of its own.
			w.restart(t, certificates.SigningKeys{Algorithm: a})
			if w.verdict(t, c) != verify.Genuine || w.verdict(t, w.issue(t, completion("person-2", ""))) != verify.Genuine {
				t.Errorf("%s: turn %d: not genuine without the file", a, n)
			}
			w.restart(t, outside)
			lost := w.Keys().Keys[count-1].ID
			must[verify.Keys](t)(w.CompromiseKey(w.as(bureau), lost, "2026-01-05", "密钥外泄"))
			w.Pass(time.Second)
			if w.verdict(t, c) != verify.Forged || w.verdict(t, w.issue(t, completion("person-2", ""))) != verify.Genuine {
				t.Errorf("%s: after it was lost", a)
			}
		}
		if got := w.verdict(t, before); got != verify.Genuine {
			t.Errorf("what the first key signed: %s", got)
		}
	})
}

func TestSigningKeysAreReadOrRefused(t *testing.T) {
	wrong := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(wrong, []byte("secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		algorithm, file string
		want            signature.Algorithm
		ok              bool
	}{
		{"", "", "", true},
		{"sm2", "", signature.SM2, true},
		{"ED25519", "", signature.Ed25519, true},
		{"rsa", "", "", false},
		{"", wrong, "", false},
		{"", wrong + ".no", "", false},
	} {
		if k, err := certificates.ReadSigningKeys(c.algorithm, c.file); (err == nil) != c.ok || c.ok && k.Algorithm != c.want {
			t.Errorf("%q, %q: %+v %v", c.algorithm, c.file, k, err)
		}
	}
}
