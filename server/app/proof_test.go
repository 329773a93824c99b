package app_test

import (
	"encoding/json"
	"strings"
	"testing"

	"carecert/modules/kernel"
)

// TestTheProofOfAYearFollowsTheLedger: a certificate for 20 class hours, which
// anybody can verify; when one session is refused afterwards, it is revoked.
func TestTheProofOfAYearFollowsTheLedger(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		p := s.person("王秀兰", nil)
		s.employ(p, s.home, "2024-01-01", "")
		path := "POST /people/" + p + "/hours/2025/proof"
		var last string
		for _, on := range []kernel.Date{"2025-03-01", "2025-03-02", "2025-03-03", "2025-03-04", "2025-03-05"} {
			s.refused(path, nil, 409, "hours.not_met")
			class, session := s.class(on)
			s.enrol(class, p)
			s.present(session, p, on, "12:00")
			s.close(session)
			last = session
		}
		read := func(what string, into any) {
			t.Helper()
			if err := json.Unmarshal(s.must(what, nil), into); err != nil {
				t.Fatal(err)
			}
		}
		var proof struct {
			CertificateID string
			Minutes       int
			Issued        bool
		}
		read(path, &proof)
		if proof.Minutes != 900 || !proof.Issued {
			t.Fatalf("%+v", proof)
		}
		var c struct{ Family, Title, IssuerID, PublicCode, QRText, Status string }
		read("GET /certificates/"+proof.CertificateID, &c)
		if c.Family != "inServiceYear" || c.Title != "2025年度在岗培训" || c.IssuerID != s.home || c.Status != "valid" {
			t.Errorf("%+v", c)
		}
		verdict := func() (v struct{ Verdict string }) {
			t.Helper()
			if err := json.Unmarshal(s.must("POST /public/verifications", map[string]any{"qrText": c.QRText}), &v); err != nil {
				t.Fatal(err)
			}
			return v
		}
		if v := verdict(); v.Verdict != "genuine" {
			t.Errorf("%+v", v)
		}
		if raw := string(s.must("GET /people/"+p+"/hours?year=2025", nil)); !strings.Contains(raw, `"certificateId":"`+proof.CertificateID+`"`) {
			t.Errorf("the year does not lead to its proof: %s", raw)
		}
		if raw := string(s.must("POST /hours/proofs", map[string]any{"year": 2025, "personIds": []string{p}})); !strings.Contains(raw, `"alreadyIssued"`) {
			t.Errorf("%s", raw)
		}
		home := s.user("home", "institution", s.home)
		if status, raw, _ := s.call(home, "POST /sessions/"+last+"/attendance/"+p+"/refusal", map[string]any{"reason": "当天不在场"}); status/100 != 2 {
			t.Fatalf("refuse a presence: %d %s", status, raw)
		}
		if v := verdict(); v.Verdict != "revoked" {
			t.Errorf("after the refusal: %+v", v)
		}
		read("GET /certificates/"+proof.CertificateID, &c)
		if c.Status != "revoked" {
			t.Errorf("%+v", c)
		}
		s.sound("afterwards")
	})
}
