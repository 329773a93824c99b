package spotchecks_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"testing"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/kit/testkit"
	"carecert/modules/spotchecks"
	"carecert/modules/spotchecks/rule"
)

// world is a home of a street of a district, with hand-written neighbours.
type world struct {
	*testkit.House
	*spotchecks.Service
	part    spotchecks.Record
	roster  []kernel.OnPost
	held    map[kernel.PersonID]kernel.SkillLevel
	codes   map[kernel.PersonID]map[string]string
	judged  map[string]spotchecks.Judged // by text
	revoked map[string]time.Time         // by text
	shown   map[string]string
}

func each(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := &world{
			House:  testkit.At(time.Date(2025, 9, 1, 1, 0, 0, 0, time.UTC)),
			roster: []kernel.OnPost{{Person: "li", Name: "李桂芳", Posts: caregiver()}, {Person: "qian", Name: "钱院长", Posts: []kernel.StaffRole{kernel.StaffDirector}}, {Person: "wang", Name: "王秀兰", Posts: caregiver()}},
			held:   map[kernel.PersonID]kernel.SkillLevel{"wang": kernel.Level4, "li": kernel.NoLevel},
			codes:  map[kernel.PersonID]map[string]string{"wang": {"W1": "genuine"}, "li": {"L1": "revoked"}},
			judged: map[string]spotchecks.Judged{
				"text W1": {Verdict: "genuine", Code: "W1", Person: "wang", NameMasked: "王*兰", Title: "压疮预防"},
				"text L1": {Verdict: "revoked", Code: "L1", Person: "li", NameMasked: "李*芳", ChangedOn: "2025-08-01"},
				"text S1": {Verdict: "genuine", Code: "S1", Person: "sun", NameMasked: "孙*梅"},
				"text S2": {Verdict: "genuine", Code: "S2", Person: "sun", NameMasked: "孙*梅"},
				"text F1": {Verdict: "forged"},
			},
			revoked: map[string]time.Time{}, shown: map[string]string{},
		}
		m := spotchecks.New(spotchecks.Deps{
			DB: db, Clock: kernel.ClockFunc(func() time.Time { return w.Now() }), Audit: w, Organizations: tree{}, Staff: w, Rate: w, Certificates: w, Showings: w,
			Rows: []rule.Row{{
				RuleHead:   kernel.RuleHead{ID: "test.carrying", Version: "1", From: "1900-01-01"},
				CarryHours: 12, RosterMost: 4, EntriesMost: 12, SkewMinutes: 5, SendHours: 72, AnswersMost: 2,
			}},
		})
		w.Service, w.part = m.Service, m.Record()
		if err := db.Ensure(t.Context()); err != nil {
			t.Fatal(err)
		}
		test(t, w)
	})
}

func caregiver() []kernel.StaffRole { return []kernel.StaffRole{kernel.StaffCaregiver} }

func (w *world) Roster(_ context.Context, _ kernel.OrganizationID, most int) ([]kernel.OnPost, error) {
	return w.roster[:min(len(w.roster), most+1)], nil
}

func (w *world) Counted(context.Context, kernel.OrganizationCard, kernel.Date, []kernel.PersonID) (map[kernel.PersonID]kernel.SkillLevel, string, error) {
	return w.held, "test.rate@1", nil
}

func (w *world) Codes(context.Context, []kernel.PersonID, time.Time) (map[kernel.PersonID]map[string]string, error) {
	return w.codes, nil
}

func (w *world) Lists(context.Context) (int, error) { return 1, nil }

func (w *world) Judge(_ context.Context, text string, at time.Time) (spotchecks.Judged, error) {
	j, known := w.judged[text]
	if !known {
		j.Verdict = "unknown"
	}
	if since, is := w.revoked[text]; is {
		if j.ChangedOn, j.Since = kernel.DateOf(since), since.After(at); !j.Since {
			j.Verdict = "revoked"
		}
	}
	return j, nil
}

func (w *world) ShownAt(_ context.Context, text string, _ time.Time) (string, error) {
	if k := w.shown[text]; k != "" {
		return k, nil
	}
	return "static", nil
}

// tree: a home, a school and a closed home of a street of a district.
type tree struct{}

func (tree) Card(_ context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error) {
	kinds := map[kernel.OrganizationID]string{"home": "institution", "gone": "institution", "school": "trainingSchool", "street": "subdistrict", "far": "institution"}
	kind, known := kinds[id]
	if !known {
		return kernel.OrganizationCard{}, fault.New(fault.NotFound, "organizations.unknown")
	}
	path := []kernel.OrganizationID{id, "street", "district"}
	if id == "far" {
		path = []kernel.OrganizationID{id, "elsewhere"}
	}
	return kernel.OrganizationCard{ID: id, Name: "万青养老院", Kind: kind, Path: path, Closed: id == "gone"}, nil
}

// as acts in an office or institution.
func as(t *testing.T, user kernel.UserID, role kernel.Role, at kernel.OrganizationID) context.Context {
	ctx := kernel.WithActor(t.Context(), kernel.Actor{User: user, Name: string(user), Grants: []kernel.Grant{{Role: role, Organization: at}}})
	return kernel.WithReach(ctx, kernel.Reach{Roots: []kernel.OrganizationID{at}})
}

func inspector(t *testing.T) context.Context {
	return as(t, "zhou", kernel.RoleDistrictBureau, "district")
}

// phone signs as an inspector's does.
type phone struct {
	key *ecdsa.PrivateKey
	off time.Duration // its clock is ahead by so much
}

func newPhone(t *testing.T) phone {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return phone{key: key}
}

func (p phone) sign(t *testing.T, text string) kernel.PhoneProof {
	t.Helper()
	sum := sha256.Sum256([]byte(text))
	r, s, err := ecdsa.Sign(rand.Reader, p.key, sum[:])
	if err != nil {
		t.Fatal(err)
	}
	public, err := p.key.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return kernel.PhoneProof{Key: public, Signature: append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)}
}

// given prepares a check and hands its roster to a phone.
func (w *world) given(t *testing.T, p phone) spotchecks.Handed {
	t.Helper()
	c, err := w.Prepare(inspector(t), "home")
	if err != nil {
		t.Fatal(err)
	}
	h, err := w.Give(inspector(t), c.ID, p.sign(t, "carecert spot check pack 1\n"+c.ID), "Pixel", w.Now().Add(p.off))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// signed is a result over entries, one a minute, counted as a phone does.
func (w *world) signed(t *testing.T, h spotchecks.Handed, p phone, entries []spotchecks.Entry, change func(*spotchecks.Signed)) spotchecks.Delivery {
	t.Helper()
	var pack spotchecks.Pack
	if err := json.Unmarshal([]byte(h.Text), &pack); err != nil {
		t.Fatal(err)
	}
	at := w.Now().Add(p.off)
	out := spotchecks.Signed{Format: spotchecks.Format, Check: h.Check.ID, PackHash: h.Check.PackHash, Entries: []spotchecks.Entry{}}
	var counted []rule.Entry
	for _, e := range entries {
		at = at.Add(time.Minute)
		e.At = at
		out.Entries, counted = append(out.Entries, e), append(counted, e.Entry)
	}
	out.Counts, out.SignedAt = pack.Roster().Count(counted), at.Add(time.Minute)
	if change != nil {
		change(&out)
	}
	raw, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	w.Pass(time.Hour)
	return spotchecks.Delivery{Text: string(raw), Signature: p.sign(t, spotchecks.Format+"\n"+string(raw)).Signature, PhoneAt: w.Now().Add(p.off)}
}

func scan(text, code, verdict string) spotchecks.Entry {
	return spotchecks.Entry{Entry: rule.Entry{How: rule.Scanned, Text: text, Code: code, Verdict: verdict}, Showing: "static"}
}

func tap(p kernel.PersonID) spotchecks.Entry {
	return spotchecks.Entry{Entry: rule.Entry{How: rule.Tapped, Person: p}}
}

func add(called string) spotchecks.Entry {
	return spotchecks.Entry{Entry: rule.Entry{How: rule.Added, Called: called}, Remark: "在二楼帮忙"}
}
