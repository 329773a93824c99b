package training_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/training"
)

// phone signs as the page on a phone does.
type phone struct{ key *ecdsa.PrivateKey }

func newPhone(t *testing.T) phone {
	t.Helper()
	return phone{must[*ecdsa.PrivateKey](t)(ecdsa.GenerateKey(elliptic.P256(), rand.Reader))}
}

func (p phone) sign(lines ...string) *training.DeviceProof {
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	r, s, err := ecdsa.Sign(rand.Reader, p.key, sum[:])
	if err != nil {
		panic(err)
	}
	point, _ := p.key.PublicKey.Bytes()
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	return &training.DeviceProof{Key: point, Signature: signature}
}

func (p phone) scans(x training.Session, code string, d training.Direction) *training.DeviceProof {
	return p.sign("carecert check-in 1", string(x.ID), code, string(d))
}

// signedIn lets somebody open the page on their phone at that instant.
func (w *world) signedIn(t *testing.T, who kernel.PersonID, p phone, at time.Time) training.Device {
	t.Helper()
	w.Set(at)
	return must[training.Device](t)(w.KnowDevice(w.asCaregiver(who), *p.sign("carecert device 1", string(who)), "Android"))
}

// codeAt is what the projector shows at that instant.
func (w *world) codeAt(t *testing.T, x training.Session, at time.Time) string {
	t.Helper()
	w.Set(at)
	return must[training.Code](t)(w.CheckInCode(w.asSchool(), x.ID)).Code
}

func (w *world) by(p phone, who kernel.PersonID, x training.Session, code string, d training.Direction, offline bool) (training.Attendance, error) {
	a, _, err := w.Scan(w.asCaregiver(who), training.ScanDraft{Session: x.ID, Code: code, Direction: d, Device: p.scans(x, code, d), Offline: offline})
	return a, err
}

func TestOnePhoneIsOnePersonsInASession(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.class(t, 20, training.Terms{})
		x, staff := w.session(t, c), w.hire(3, home)
		w.enrol(t, c, staff...)
		own, other := newPhone(t), newPhone(t)
		code := w.codeAt(t, x, morning())
		a := must[training.Attendance](t)(w.by(own, staff[0], x, code, training.DirectionIn, false))
		if a.Device == "" || !a.ScannedIn.Equal(morning()) {
			t.Fatalf("%+v", a)
		}
		if again := must[training.Attendance](t)(w.by(own, staff[0], x, code, training.DirectionIn, false)); again.Device != a.Device {
			t.Errorf("a repeated scan: %+v", again)
		}
		_, err := w.by(own, staff[1], x, code, training.DirectionIn, false)
		wants(t, "a second person on the phone", err, training.ErrDeviceShared)
		_, err = w.by(own, staff[1], x, code, training.DirectionOut, false)
		wants(t, "out before in", err, training.ErrDeviceShared)
		away := must[[]training.TurnedAway](t)(w.TurnedAway(w.ctx, x.ID))
		if len(away) != 1 || away[0].Person != staff[1] || away[0].Device != a.Device || !away[0].At.Equal(morning()) {
			t.Errorf("turned away: %+v", away)
		}
		must[training.Attendance](t)(w.by(other, staff[1], x, code, training.DirectionIn, false))
		if _, _, err := w.Scan(w.asCaregiver(staff[2]), training.ScanDraft{Session: x.ID, Code: code, Direction: training.DirectionIn}); err != nil {
			t.Errorf("without a phone's proof: %v", err)
		}
		spki := own.scans(x, code, training.DirectionIn)
		spki.Key = must[[]byte](t)(x509.MarshalPKIXPublicKey(own.key.Public()))
		if again, _, err := w.Scan(w.asCaregiver(staff[0]), training.ScanDraft{Session: x.ID, Code: code, Direction: training.DirectionIn, Device: spki}); err != nil || again.Device != a.Device {
			t.Errorf("the same key written otherwise: %+v, %v", again, err)
		}
		later := w.session(t, c)
		if _, err := w.by(own, staff[1], later, w.codeAt(t, later, morning()), training.DirectionIn, false); err != nil {
			t.Errorf("the phone in another session: %v", err)
		}
		end := morning().Add(90 * time.Minute)
		if a := must[training.Attendance](t)(w.by(other, staff[1], x, w.codeAt(t, x, end), training.DirectionOut, false)); a.DeviceOut != a.Device {
			t.Errorf("checked out: %+v", a)
		}
		_, presences, err := w.CloseSession(w.asSchool(), x.ID)
		if err != nil || presences[0].Device != a.Device {
			t.Errorf("%+v, %v", presences, err)
		}
	})
}

func TestAPhoneMustHaveSignedThisScan(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.class(t, 20, training.Terms{})
		x, elsewhere, who := w.session(t, c), w.session(t, c), w.hire(1, home)[0]
		w.enrol(t, c, who)
		p, code := newPhone(t), w.codeAt(t, x, morning())
		good := p.scans(x, code, training.DirectionIn)
		for name, proof := range map[string]*training.DeviceProof{
			"another session":   p.scans(elsewhere, code, training.DirectionIn),
			"another code":      p.scans(x, "AAAAAAAA", training.DirectionIn),
			"another direction": p.scans(x, code, training.DirectionOut),
			"another key":       {Key: newPhone(t).scans(x, code, training.DirectionIn).Key, Signature: good.Signature},
			"no point":          {Key: make([]byte, 65), Signature: good.Signature},
			"no key":            {Key: []byte("key"), Signature: good.Signature},
			"half a signature":  {Key: good.Key, Signature: good.Signature[:32]},
			"nothing":           {},
		} {
			_, _, err := w.Scan(w.asCaregiver(who), training.ScanDraft{Session: x.ID, Code: code, Direction: training.DirectionIn, Device: proof})
			wants(t, name, err, training.ErrDeviceSignature)
		}
		if list := must[[]training.Device](t)(w.Devices(w.asCaregiver(who))); len(list) != 0 {
			t.Errorf("phones: %+v", list)
		}
	})
}

func TestEightPeopleOnOnePhoneAtOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := w.class(t, 20, training.Terms{})
		x, staff := w.session(t, c), w.hire(8, home)
		w.enrol(t, c, staff...)
		p, code := newPhone(t), w.codeAt(t, x, morning())
		var mu sync.Mutex
		taken := 0
		var wg sync.WaitGroup
		for _, who := range staff {
			wg.Go(func() {
				_, err := w.by(p, who, x, code, training.DirectionIn, false)
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					taken++
				} else if !errors.Is(err, training.ErrDeviceShared) {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		_, _, present, err := w.Attendance(w.asSchool(), x.ID, time.Time{})
		if err != nil || taken != 1 || len(present) != 1 {
			t.Errorf("%d taken, %d present, %v", taken, len(present), err)
		}
		away := must[[]training.TurnedAway](t)(w.TurnedAway(w.ctx, x.ID))
		if len(away) != 7 || slices.ContainsFunc(away, func(a training.TurnedAway) bool { return a.Person == present[0].Proof.Person }) {
			t.Errorf("turned away: %+v", away)
		}
	})
}

func TestASharedPhoneMayBeLeftToTheTeacher(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.Rules[0].SharedDevice = "word"
		c := w.class(t, 20, training.Terms{})
		x, staff := w.session(t, c), w.hire(2, home)
		w.enrol(t, c, staff...)
		p, code := newPhone(t), w.codeAt(t, x, morning())
		for i, who := range staff {
			if a := must[training.Attendance](t)(w.by(p, who, x, code, training.DirectionIn, false)); a.Shared != (i == 1) {
				t.Errorf("%d: %+v", i, a)
			}
		}
		w.Set(morning().Add(90 * time.Minute))
		_, presences, err := w.CloseSession(w.asSchool(), x.ID)
		if err != nil || presences[0].Flaw != "noCheckOut" || presences[1].Flaw != "shared" {
			t.Errorf("%+v, %v", presences, err)
		}
		w.Rules[0].DeviceRequired = true
		other := w.session(t, c)
		_, _, err = w.Scan(w.asCaregiver(staff[0]), training.ScanDraft{Session: other.ID, Code: w.codeAt(t, other, morning()), Direction: training.DirectionIn})
		wants(t, "without a phone where one is required", err, training.ErrDeviceNeeded)
	})
}

func wants(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
}
