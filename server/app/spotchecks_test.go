package app_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"carecert/modules/spotchecks"
	"carecert/modules/spotchecks/rule"
)

// carry prepares a check of a home and loads its roster onto a phone.
func (s *scene) carry(t *testing.T, token, home string, phone pocket) (check spotchecks.Check, pack spotchecks.Pack) {
	t.Helper()
	var made struct{ ID, PackHash string }
	s.as(token, "POST /spot-checks", map[string]any{"organizationId": home}, &made)
	proof := phone.proof(t, "carecert spot check pack 1", made.ID)
	proof["label"], proof["phoneAt"] = "Pixel", s.Clock.Now()
	var given struct{ Pack string }
	s.as(token, "PUT /spot-checks/"+made.ID+"/pack", proof, &given)
	if err := json.Unmarshal([]byte(given.Pack), &pack); err != nil {
		t.Fatal(err)
	}
	return spotchecks.Check{ID: made.ID, PackHash: made.PackHash}, pack
}

// signed is the body of a result, counted and signed as a phone does.
func (s *scene) signed(t *testing.T, c spotchecks.Check, p spotchecks.Pack, phone pocket, entries ...spotchecks.Entry) map[string]any {
	t.Helper()
	out := spotchecks.Signed{Format: spotchecks.Format, Check: c.ID, PackHash: c.PackHash, Entries: entries, SignedAt: s.Clock.Now()}
	var counted []rule.Entry
	for _, e := range entries {
		counted = append(counted, e.Entry)
	}
	out.Counts = p.Roster().Count(counted)
	raw, err := json.Marshal(out)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]any{"result": string(raw), "signature": phone.proof(t, spotchecks.Format, string(raw))["signature"], "phoneAt": s.Clock.Now()}
}

// An inspector carries a roster, scans without a network, signs at the place
// and sends it; who reads what of it.
func TestAnInspectionOnTheSpot(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		wang, li := s.completed(t, "王秀兰"), s.completed(t, "李桂芳")
		s.certify(wang.PersonID, 4, "2024-06-01")
		stranger := s.completed(t, "孙玉梅")
		s.must("POST /people/"+stranger.PersonID+"/employments", map[string]any{"organizationId": s.other, "role": "caregiver", "startedOn": "2025-08-29"})
		var career struct {
			Employments []struct{ ID, OrganizationID string }
		}
		if err := json.Unmarshal(s.must("GET /people/"+stranger.PersonID, nil), &career); err != nil {
			t.Fatal(err)
		}
		for _, e := range career.Employments {
			if e.OrganizationID == s.home {
				s.must("POST /people/"+stranger.PersonID+"/employments/"+e.ID+"/end", map[string]any{"endedOn": "2025-08-28"})
			}
		}
		farBureau := s.id("POST /organizations", map[string]any{"kind": "districtBureau", "name": "金山区民政局", "divisionCode": "310116"})
		bureau, colleague, far := s.user("bureau", "districtBureau", s.bureau), s.user("colleague", "districtBureau", s.bureau), s.user("far", "districtBureau", farBureau)
		home, other, school, auditor := s.user("home", "institution", s.home), s.user("other", "institution", s.other), s.user("school", "school", s.school), s.user("auditor", "auditor", "")

		order := map[string]any{"organizationId": s.home}
		for _, token := range []string{home, school, auditor} {
			s.says(token, "POST /spot-checks", order, 403, "web.forbidden")
		}
		s.says(far, "POST /spot-checks", order, 404, "spotchecks.unknown_organization")
		s.says(s.token, "POST /spot-checks", order, 403, "spotchecks.office_needed")
		s.says(bureau, "POST /spot-checks", map[string]any{"organizationId": s.school}, 409, "spotchecks.institution_needed")

		phone := newPocket(t)
		check, pack := s.carry(t, bureau, s.home, phone)
		path := "/spot-checks/" + check.ID
		if len(pack.Members) != 2 || pack.StatusLists != 1 {
			t.Fatalf("%+v", pack)
		}
		for _, m := range pack.Members {
			if !m.Counted || m.Certified != (m.Name == "王秀兰") || len(m.Codes) != 1 || m.Verdicts[m.Codes[0]] != "genuine" {
				t.Errorf("%+v", m)
			}
		}
		raw, _ := json.Marshal(pack)
		if strings.Contains(string(raw), number(1)) || strings.Contains(string(raw), "phone") {
			t.Errorf("the roster says too much: %s", raw)
		}
		proof := newPocket(t).proof(t, "carecert spot check pack 1", check.ID)
		proof["phoneAt"] = s.Clock.Now()
		s.says(bureau, "PUT "+path+"/pack", proof, 409, "spotchecks.other_phone")
		s.says(colleague, "PUT "+path+"/pack", proof, 403, "spotchecks.maker_needed")
		s.says(bureau, "GET "+path, nil, 200, `"stage":"prepared"`, `"packHash":"`+check.PackHash, `"own":true`, `"rosterSize":2`, `"certified":1`)
		for _, token := range []string{far, home, other} { // nobody is told before
			s.says(token, "GET "+path, nil, 404, "spotchecks.unknown")
			s.says(token, "GET /spot-checks", nil, 200, `"items":[]`)
		}
		s.says(school, "GET /spot-checks", nil, 403, "web.forbidden")
		s.says(school, "GET "+path, nil, 403, "web.forbidden")

		// At the place: no network. A live code is shown, one certificate is forged, one is revoked on the way back.
		token := s.caregiver("wang", wang.PersonID)
		var live struct{ QRText string }
		s.as(token, "GET /certificates/"+wang.ID+"/live-code", nil, &live)
		s.pass(10 * time.Second)
		at := s.Clock.Now()
		scan := func(text, code, verdict, showing string) spotchecks.Entry {
			return spotchecks.Entry{Entry: rule.Entry{How: rule.Scanned, Text: text, Code: code, Verdict: verdict}, At: at, Showing: showing}
		}
		forged := strings.Replace(li.QRText, "#", "#A", 1)
		entries := []spotchecks.Entry{
			scan(live.QRText, wang.PublicCode, "genuine", "live"), scan(li.QRText, li.PublicCode, "genuine", "static"),
			scan(stranger.QRText, stranger.PublicCode, "genuine", "static"), scan(forged, "", "forged", "static"),
			{Entry: rule.Entry{How: rule.Added, Called: "小王"}, At: at, Remark: "在二楼帮忙"},
		}
		s.pass(time.Minute)
		result := s.signed(t, check, pack, phone, entries...)
		s.pass(time.Hour)
		s.must("POST /certificates/"+li.ID+"/revocation", map[string]any{"reason": "考勤造假"})
		s.says(colleague, "PUT "+path+"/result", result, 403, "spotchecks.maker_needed")
		s.says(bureau, "PUT "+path+"/result", map[string]any{"result": strings.Replace(result["result"].(string), `"present":4`, `"present":9`, 1), "signature": result["signature"], "phoneAt": s.Clock.Now()}, 409, "spotchecks.signature")
		result["phoneAt"] = s.Clock.Now()
		want := []string{`"stage":"sent"`, `"present":4`, `"certified":1`, `"notOnBooks":2`, `"absent":0`, `"forged":1`, `"differing":1`, `"differences":[]`}
		var all sync.WaitGroup
		for range 6 { // six at once are one
			all.Go(func() { s.says(bureau, "PUT "+path+"/result", result, 200, want...) })
		}
		all.Wait()
		s.says(bureau, "PUT "+path+"/result", result, 200, want...)
		s.says(bureau, "PUT "+path+"/result", s.signed(t, check, pack, phone, entries[0]), 409, "spotchecks.sent_already")

		s.says(bureau, "GET "+path, nil, 200, `"showing":"live"`, `"differences":["changedSince"]`, `"how":"added","at"`, `"name":"小王"`, stranger.PersonID, `"qrText"`, `"signature"`, "/api/v1/public/certificates/"+wang.PublicCode)
		s.says(auditor, "GET "+path, nil, 200, `"packHash"`)
		s.says(home, "GET "+path, nil, 200, `"present":4`, `"name":"王秀兰"`, `"mayAnswer":true`)
		if _, raw, _ := s.call(home, "GET "+path, nil); strings.Contains(string(raw), "qrText") || strings.Contains(string(raw), "packHash") || strings.Contains(string(raw), stranger.PersonID) {
			t.Errorf("the home reads what is the office's: %s", raw)
		}
		for _, token := range []string{far, other} {
			s.says(token, "GET "+path, nil, 404, "spotchecks.unknown")
		}
		s.says(home, "GET /spot-checks?stage=sent", nil, 200, check.ID, `"total":1`)
		s.says(bureau, "GET /spot-checks?stage=prepared", nil, 200, `"items":[]`)
		s.says(far, "GET /spot-checks?organizationId="+s.home, nil, 404, "spotchecks.unknown_organization")

		s.says(bureau, "POST "+path+"/answer", map[string]any{"text": "替机构说"}, 403, "web.forbidden")
		s.says(other, "POST "+path+"/answer", map[string]any{"text": "与我们无关"}, 404, "spotchecks.unknown")
		s.says(home, "POST "+path+"/answer", map[string]any{"text": "小王是当天来面试的"}, 200, "小王是当天来面试的")
		rows := s.rows(bureau, "/spot-checks/export.xlsx?reason=%E5%AD%98%E6%A1%A3&organizationId="+s.home)
		if len(rows) != 3 || !strings.Contains(fmt.Sprint(rows), "小王是当天来面试的") || !strings.Contains(fmt.Sprint(rows), "已上报") {
			t.Errorf("%v", rows)
		}

		// Everything about oneself names the check.
		s.says(token, "GET /people/"+wang.PersonID+"/personal-data", nil, 200, `"spotChecks":[{`, "万青养老院", `"standing":"onRoster"`)
		log := string(s.must("GET /audit?noun=spotCheck", nil))
		for _, verb := range []string{"prepare", "carry", "send", "answer"} {
			if !strings.Contains(log, `"verb":"`+verb+`"`) {
				t.Errorf("the operation log lacks %s: %s", verb, log)
			}
		}
		if n := strings.Count(log, `"verb":"send"`); n != 1 {
			t.Errorf("%d lines of one result", n)
		}
		if strings.Contains(log, "王秀兰") || strings.Contains(log, wang.PersonID) {
			t.Errorf("the operation log names who was met: %s", log)
		}
	})
}
