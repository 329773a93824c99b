package certificates_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"carecert/modules/certificates"
	"carecert/modules/kernel"
	"carecert/modules/kit/blob"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

// by acts as another user of the same office.
func (w *world) by(user string, roots ...kernel.OrganizationID) context.Context {
	return kernel.WithActor(w.as(roots...), kernel.Actor{User: kernel.UserID(user), Name: user})
}

func TestAWordIsCorrectedByASecondPerson(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := must[certificates.Certificate](t)(w.Register(w.as(home), claim("person-1")))
		refute := certificates.Said{Method: "issuerLetter", Result: certificates.ResultRefuted, Reason: "发证机构来函：查无此证"}
		withdraw := certificates.Said{Result: certificates.ResultWithdrawn, Reason: "核验对象弄错"}
		if _, err := w.Correct(w.by("李", bureau), c.ID, refute); !errors.Is(err, certificates.ErrNoWord) {
			t.Errorf("before any word: %v", err)
		}
		must[certificates.Certificate](t)(w.Confirm(w.by("王", bureau), c.ID, said("ostaQuery", "confirmed", "已查")))
		confirmed := w.Now()
		for name, x := range map[string]struct {
			who  context.Context
			said certificates.Said
			want error
		}{
			"by the same person":   {w.by("王", bureau), refute, certificates.ErrSecondPerson},
			"by the same, undoing": {w.by("王", bureau), withdraw, certificates.ErrSecondPerson},
			"the same word again":  {w.by("李", bureau), certificates.Said{Method: "originalSeen", Result: certificates.ResultConfirmed, Reason: "x"}, certificates.ErrSameWord},
			"out of reach":         {w.by("李", otherSchool), refute, certificates.ErrUnknown},
			"with a file nobody attached": {
				w.by("李", bureau), certificates.Said{Method: "issuerLetter", Result: "refuted", Reason: "x", Evidence: []string{"none"}}, certificates.ErrEvidenceUnknown,
			},
		} {
			if _, err := w.Correct(x.who, c.ID, x.said); !errors.Is(err, x.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		w.Pass(24 * time.Hour)
		c = must[certificates.Certificate](t)(w.Correct(w.by("李", bureau), c.ID, refute))
		h := w.holdings("person-1")
		if c.Status != certificates.StatusRejected || h[0].VerifiedAt != nil || h[0].RejectedAt == nil {
			t.Errorf("corrected: %s %+v", c.Status, h)
		}
		want := []certificates.Word{{Result: "confirmed", At: confirmed}, {Result: "refuted", At: w.Now()}}
		if d := cmp.Diff(want, h[0].Words); d != "" {
			t.Error("both times are told", d)
		}
		c = must[certificates.Certificate](t)(w.Correct(w.by("王", bureau), c.ID, withdraw))
		if c.Status != certificates.StatusClaimed || c.Verification != nil || len(c.Words) != 3 {
			t.Errorf("withdrawn: %+v", c)
		}
		if p := must[certificates.Page](t)(w.Queue(w.as(bureau), certificates.Waiting{}, 20, "")); p.Total != 1 {
			t.Errorf("it waits again: %+v", p)
		}
		if h := w.holdings("person-1"); h[0].VerifiedAt != nil || h[0].RejectedAt != nil || len(h[0].Words) != 3 {
			t.Errorf("and counts for nothing: %+v", h)
		}
		must[certificates.Certificate](t)(w.Confirm(w.by("王", bureau), c.ID, said("originalSeen", "confirmed", "")))
		must[certificates.Certificate](t)(w.Revoke(w.as(bureau), c.ID, "发证机构注销"))
		if _, err := w.Correct(w.by("李", bureau), c.ID, refute); !errors.Is(err, certificates.ErrNotValid) {
			t.Errorf("a revoked one: %v", err)
		}
	})
}

func TestASecondPersonIsAParameter(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.rules.Verification[0].SecondPerson = []string{string(certificates.FamilySkillLevel)}
		w.Service = w.open(t).Service
		c := must[certificates.Certificate](t)(w.Register(w.by("王", bureau), claim("person-1")))
		if _, err := w.Confirm(w.by("王", bureau), c.ID, said("ostaQuery", "confirmed", "")); !errors.Is(err, certificates.ErrSecondPerson) {
			t.Errorf("by whoever registered it: %v", err)
		}
		must[certificates.Certificate](t)(w.Confirm(w.by("李", bureau), c.ID, said("ostaQuery", "confirmed", "")))
		// Of another family, and by the administrator, it is taken.
		older := claim("person-1")
		older.Family, older.Number, older.IssuedOn = certificates.FamilyQualification, "1009000000400123", "2010-06-01"
		c = must[certificates.Certificate](t)(w.Register(w.by("王", bureau), older))
		must[certificates.Certificate](t)(w.Confirm(w.by("王", bureau), c.ID, said("originalSeen", "confirmed", "")))
		admin := kernel.WithActor(w.as(bureau), kernel.Actor{User: "admin", Grants: []kernel.Grant{{Role: kernel.RoleAdmin}}})
		next := claim("person-1")
		next.Number = "S000031000012234000124"
		c = must[certificates.Certificate](t)(w.Register(admin, next))
		must[certificates.Certificate](t)(w.Confirm(admin, c.ID, said("ostaQuery", "confirmed", "")))
		// Where the row asks for nobody, the same account may.
		w.rules.Verification[0].SecondPerson = nil
		next.Number = "S000031000012234000125"
		mild := w.open(t).Service
		c = must[certificates.Certificate](t)(mild.Register(w.by("王", bureau), next))
		must[certificates.Certificate](t)(mild.Confirm(w.by("王", bureau), c.ID, said("ostaQuery", "confirmed", "")))
	})
}

func TestARefutedNumberIsFreeForItsHolder(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		c := must[certificates.Certificate](t)(w.Register(w.as(home), claim("person-1")))
		must[certificates.Certificate](t)(w.Confirm(w.by("王", bureau), c.ID, said("ostaQuery", "refuted", "查到的是他人")))
		if _, err := w.Register(w.as(home), claim("person-1")); !errors.Is(err, certificates.ErrNumberTaken) {
			t.Errorf("the same said again: %v", err)
		}
		next := must[certificates.Certificate](t)(w.Register(w.as(home), claim("person-2")))
		back := certificates.Said{Method: "originalSeen", Result: certificates.ResultConfirmed, Reason: "原件在此"}
		if _, err := w.Correct(w.by("李", bureau), c.ID, back); !errors.Is(err, certificates.ErrNumberTaken) {
			t.Errorf("the refuted one comes back while another has the number: %v", err)
		}
		if found := must[certificates.Page](t)(w.List(w.as(bureau), certificates.Filter{Query: next.Number}, 5, "")); found.Items[0].ID != next.ID {
			t.Errorf("the number finds %+v", found.Items)
		}
		if p, err := w.Conflicts(w.as(bureau), certificates.ConflictOpen, "", 20, ""); err != nil || p.Total != 0 {
			t.Errorf("that was no conflict: %+v %v", p, err)
		}
	})
}

func attach(ctx context.Context, s *certificates.Service, id kernel.CertificateID, name string, from io.ReadSeeker) (certificates.File, error) {
	kept, err := s.Keep(ctx, id, name, from)
	if err != nil {
		return certificates.File{}, err
	}
	return s.Attach(ctx, kept)
}

func TestEvidence(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		w.rules.Verification[0].EvidenceMaxBytes, w.rules.Verification[0].EvidenceMost = 300_000, 2
		s := w.open(t).Service
		c := must[certificates.Certificate](t)(s.Register(w.as(home), claim("person-1")))
		pdf := append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("扫描\n"), 40_000)...)
		for name, x := range map[string]struct {
			who     context.Context
			content []byte
			want    error
		}{
			"a page that would run":    {w.as(bureau), []byte("<html><script>alert(1)</script>"), certificates.ErrEvidenceKind},
			"a drawing that would run": {w.as(bureau), []byte(`<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>`), certificates.ErrEvidenceKind},
			"nothing":                  {w.as(bureau), nil, certificates.ErrEvidenceEmpty},
			"too much":                 {w.as(bureau), append([]byte("%PDF-1.7\n"), make([]byte, 300_000)...), blob.ErrTooLarge},
			"out of reach":             {w.as(otherSchool), pdf, certificates.ErrUnknown},
		} {
			if _, err := attach(x.who, s, c.ID, "证书.pdf", bytes.NewReader(x.content)); !errors.Is(err, x.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		f := must[certificates.File](t)(attach(w.as(bureau), s, c.ID, `C:\scan\..\王秀兰"证书.exe`, bytes.NewReader(pdf)))
		if f.Name != "王秀兰证书.pdf" || f.ContentType != "application/pdf" || f.Size != int64(len(pdf)) {
			t.Errorf("%+v", f)
		}
		got, raw, err := s.Evidence(w.as(home), c.ID, f.ID)
		if err != nil || !bytes.Equal(raw, pdf) || got.SHA256 != f.SHA256 {
			t.Errorf("read back %d bytes: %v", len(raw), err)
		}
		if _, _, err := s.Evidence(w.as(otherSchool), c.ID, f.ID); !errors.Is(err, certificates.ErrUnknown) {
			t.Errorf("read out of reach: %v", err)
		}
		if _, _, err := s.Evidence(w.as(home), c.ID, "another"); !errors.Is(err, certificates.ErrFileUnknown) {
			t.Errorf("a file of another: %v", err)
		}
		v := certificates.Said{Method: "originalSeen", Result: "confirmed", Evidence: []string{f.ID}}
		if c := must[certificates.Certificate](t)(s.Confirm(w.as(bureau), c.ID, v)); c.Verification.Evidence[0] != f.ID {
			t.Errorf("%+v", c.Verification)
		}
		must[certificates.File](t)(attach(w.as(bureau), s, c.ID, "2.png", strings.NewReader("\x89PNG\r\n\x1a\n…")))
		if _, err := attach(w.as(bureau), s, c.ID, "3.pdf", bytes.NewReader(pdf)); !errors.Is(err, certificates.ErrEvidenceMost) {
			t.Errorf("a third: %v", err)
		}
	})
}

func TestTheQueue(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		register := func(who kernel.OrganizationID, p kernel.PersonID, family certificates.Family, number string, level kernel.SkillLevel, on kernel.Date) kernel.CertificateID {
			d := claim(p)
			d.Family, d.Number, d.Level, d.IssuedOn = family, number, level, on
			w.Pass(time.Minute)
			return must[certificates.Certificate](t)(w.Register(w.as(who), d)).ID
		}
		first := register(home, "person-1", certificates.FamilySkillLevel, "S000031000012234000123", 4, "2023-06-01")
		second := register(home, "person-2", certificates.FamilySkillLevel, "Y000131000099233000001", 3, "2023-06-01")
		third := register(home, "person-1", certificates.FamilyQualification, "1009000000400123", 4, "2010-06-01")
		fourth := register(home, "person-2", certificates.FamilyCivilService, "沪工勤2016-0417", 3, "2016-06-01")
		fifth := register(farHome, "person-far", certificates.FamilyQualification, "1009000000300124", 4, "2010-06-01")
		all := []kernel.CertificateID{first, second, third, fourth, fifth}
		everywhere := kernel.WithReach(w.ctx, kernel.Reach{Everywhere: true})
		for _, c := range []struct {
			name string
			ctx  context.Context
			of   certificates.Waiting
			want []kernel.CertificateID
		}{
			{"the oldest first", w.as(bureau), certificates.Waiting{}, all[:4]},
			{"everywhere", everywhere, certificates.Waiting{}, all},
			{"of one institution", everywhere, certificates.Waiting{Organization: farHome}, all[4:]},
			{"of a family", everywhere, certificates.Waiting{Family: certificates.FamilyQualification}, []kernel.CertificateID{third, fifth}},
			{"of a level", w.as(bureau), certificates.Waiting{Level: 3}, []kernel.CertificateID{second, fourth}},
			{"of a level everywhere", everywhere, certificates.Waiting{Level: 4}, []kernel.CertificateID{first, third, fifth}},
			{"where everything fits", everywhere, certificates.Waiting{Finding: "none"}, all[:1]},
			{"where the body is not known", everywhere, certificates.Waiting{Finding: "issuer"}, all[1:2]},
			{"where the shape has no checks", everywhere, certificates.Waiting{Finding: "shape"}, []kernel.CertificateID{third, fourth}},
			{"where the old level differs", everywhere, certificates.Waiting{Finding: "level"}, all[4:]},
			{"of a family and a level", w.as(bureau), certificates.Waiting{Family: certificates.FamilyCivilService, Level: 3}, all[3:4]},
			{"of all three", w.as(bureau), certificates.Waiting{Family: certificates.FamilySkillLevel, Level: 3, Finding: "issuer"}, all[1:2]},
			{"from two offices, nothing twice", w.as(bureau, home, farBureau), certificates.Waiting{Level: 4}, []kernel.CertificateID{first, third, fifth}},
			{"out of reach", w.as(otherSchool), certificates.Waiting{}, nil},
		} {
			var got []kernel.CertificateID
			for cursor := ""; ; {
				p, err := w.Queue(c.ctx, c.of, 2, cursor)
				if err != nil || p.Total != int64(len(c.want)) {
					t.Fatalf("%s: %d in all, %v", c.name, p.Total, err)
				}
				for _, x := range p.Items {
					got = append(got, x.ID)
				}
				if cursor = p.Next; cursor == "" {
					break
				}
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("%s: %s", c.name, d)
			}
		}
		outcomes := must[[]certificates.Outcome](t)(w.ConfirmMany(w.as(bureau), []kernel.CertificateID{first, third, fifth, first, "nothing"}, said("ostaQuery", "confirmed", "批量联网查询")))
		var codes []string
		for _, o := range outcomes {
			code := string(o.Status)
			if o.Refused != nil {
				code = o.Refused.Code
			}
			codes = append(codes, code)
		}
		if d := cmp.Diff([]string{"valid", "valid", "certificates.unknown", "certificates.already_verified", "certificates.unknown"}, codes); d != "" {
			t.Error(d)
		}
		if p := must[certificates.Page](t)(w.Queue(everywhere, certificates.Waiting{Level: 4}, 20, "")); p.Total != 1 {
			t.Errorf("what was compared waits no longer: %+v", p.Total)
		}
		if _, err := w.ConfirmMany(w.as(bureau), make([]kernel.CertificateID, 201), said("ostaQuery", "confirmed", "")); !errors.Is(err, certificates.ErrTooManyAtOnce) {
			t.Errorf("201 at once: %v", err)
		}
	})
}

// A level in another occupation, or of the civil service, is none of a
// caregiver's.
func TestOtherOccupationsAreKeptApart(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		other := claim("person-1")
		other.Occupation = "长期照护师"
		grade := claim("person-2")
		grade.Family, grade.Number = certificates.FamilyCivilService, "沪工勤2016-0417"
		for _, d := range []certificates.Claim{other, grade} {
			c := must[certificates.Certificate](t)(w.Register(w.as(home), d))
			must[certificates.Certificate](t)(w.Confirm(w.as(bureau), c.ID, said("originalSeen", "confirmed", "")))
		}
		if h := w.holdings("person-1"); h[0].Occupation != "4-14-01-03" || h[0].OfCaregiver() {
			t.Errorf("%+v", h)
		}
		if h := w.holdings("person-2"); h[0].Family != certificates.FamilyCivilService || h[0].OfCaregiver() {
			t.Errorf("%+v", h)
		}
		strange := claim("person-1")
		strange.Number, strange.Occupation = "S000031000012234000199", "保育师"
		if c := must[certificates.Certificate](t)(w.Register(w.as(home), strange)); len(c.Findings) != 1 || c.Findings[0].Code != "certificates.occupation_unknown" {
			t.Errorf("%+v", c.Findings)
		}
	})
}
