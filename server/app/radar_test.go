package app_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
)

type radarPage struct {
	Items []struct {
		ID, Kind, Status, Title string
		Sessions, PeopleCount   int
	}
}

func (s *scene) radar(token, query string) radarPage {
	s.t.Helper()
	var page radarPage
	s.as(token, "GET /radar/findings?"+query, nil, &page)
	return page
}

// TestTheRadar: one person in two rooms, one of them proved by scanning. The
// school answers, its bureau confirms and takes the scanned presence back; the
// caregiver reads why.
func TestTheRadar(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		school, bureau, home := s.user("school", "school", s.school), s.user("bureau", "districtBureau", s.bureau), s.user("home", "institution", s.home)
		far := s.user("far", "districtBureau", s.found("districtBureau", "金山区民政局", "", "310116"))
		lan := s.roster(home, "兰芳")["兰芳"]
		phone := s.caregiver("lanfang", lan)
		scannedClass, scanned := s.class("2025-09-01")
		vouchedClass, vouched := s.class("2025-09-01")
		s.enrol(scannedClass, lan)
		s.enrol(vouchedClass, lan)
		for _, x := range []struct {
			direction string
			pass      time.Duration
		}{{"in", 3 * time.Hour}, {"out", time.Minute}} {
			var shown struct{ Code string }
			s.as(school, "GET /sessions/"+scanned+"/check-in-code", nil, &shown)
			s.as(phone, "POST /sessions/"+scanned+"/check-ins", map[string]any{"code": shown.Code, "direction": x.direction}, nil)
			s.pass(x.pass)
		}
		s.as(school, "PUT /sessions/"+vouched+"/attendance/"+lan, map[string]any{
			"checkedInAt": "2025-09-01T09:00:00+08:00", "checkedOutAt": "2025-09-01T12:00:00+08:00", "reason": "手机没电",
		}, nil)
		s.as(school, "POST /sessions/"+scanned+"/close", map[string]any{}, nil)
		if got := s.radar(bureau, ""); len(got.Items) != 0 {
			t.Fatalf("one room: %+v", got)
		}
		s.as(school, "POST /sessions/"+vouched+"/close", map[string]any{}, nil)

		// Both classes have one teacher in one room: nothing odd about the teacher.
		found := s.radar(bureau, "status=todo")
		if len(found.Items) != 1 || found.Items[0].Kind != "twoRooms" || found.Items[0].Sessions != 2 {
			t.Fatalf("%+v", found)
		}
		id := found.Items[0].ID
		s.says(bureau, "GET /radar/summary", nil, 200, `"todo":1`, `{"key":"twoRooms","count":1}`)
		s.says(school, "GET /radar/findings/"+id, nil, 200, `"mayDecide":false`, `"mayAnswer":true`, "兰芳在2025-09-01")
		for who, token := range map[string]string{"the home": home, "another district": far} {
			s.says(token, "GET /radar/findings/"+id, nil, 404, "oversight.unknown")
			if got := s.radar(token, ""); len(got.Items) != 0 {
				t.Errorf("%s sees %+v", who, got)
			}
		}
		s.says(phone, "GET /radar/findings/"+id, nil, 403, "web.forbidden")
		s.says(school, "POST /radar/findings/"+id+"/decisions", map[string]any{"decision": "dismiss", "reason": "没有问题"}, 403, "web.forbidden")
		s.says(s.token, "POST /radar/findings/"+id+"/decisions", map[string]any{"decision": "dismiss", "reason": "没有问题"}, 403, "oversight.office_needed")
		s.as(school, "POST /radar/findings/"+id+"/statements", map[string]any{"text": "该学员中途换了教室"}, nil)

		// Every piece of evidence opens for who decides.
		var detail struct {
			Evidence []struct{ Label, Href string }
		}
		s.as(bureau, "GET /radar/findings/"+id, nil, &detail)
		if len(detail.Evidence) != 5 {
			t.Errorf("%+v", detail)
		}
		for _, e := range detail.Evidence {
			s.says(bureau, "GET "+e.Href[len("/api/v1"):], nil, 200, "{")
		}
		s.says(s.token, "POST /sessions/"+scanned+"/attendance/"+lan+"/refusal", map[string]any{"reason": "人不在"}, 403, "training.second_person_needed")
		s.says(bureau, "POST /sessions/"+scanned+"/attendance/"+lan+"/refusal", map[string]any{"reason": "人不在"}, 409, "training.nothing_to_refuse")
		s.says(phone, "GET /people/"+lan+"/personal-data", nil, 200, `"radarFindings":[]`)
		before := s.minutes(lan, 2025)
		confirm := map[string]any{"decision": "confirm", "reason": "监控显示当时不在教室", "refuse": []any{map[string]any{"sessionId": scanned, "personId": lan}}}
		s.says(bureau, "POST /radar/findings/"+id+"/decisions", confirm, 200, `"confirmed"`, `"byName":"bureau"`, `"refused":1`)
		s.says(bureau, "POST /radar/findings/"+id+"/decisions", confirm, 409, "oversight.settled")
		s.says(phone, "GET /people/"+lan+"/personal-data", nil, 200, `"radarFindings":[{"kind":"twoRooms"`, `"reason":"监控显示当时不在教室","refused":1`)
		var hours struct {
			Entries []struct {
				SessionID string
				Credited  int
				Reason    *struct{ Code, Text string }
			}
		}
		s.as(phone, "GET /people/"+lan+"/hours?year=2025", nil, &hours)
		told := ""
		for _, e := range hours.Entries {
			if e.SessionID == scanned && e.Reason != nil {
				told = fmt.Sprint(e.Credited, " ", e.Reason.Code, " ", e.Reason.Text)
			}
		}
		if want := "0 hours.untrue 民政部门核查后认定这次考勤不实，学时已冲回：监控显示当时不在教室"; told != want {
			t.Errorf("told %q", told)
		}
		if after := s.minutes(lan, 2025); before != 179 || after != 180 { // the teacher's word stands alone now
			t.Errorf("%d before, %d after", before, after)
		}
		_, raw, _ := s.call(school, "GET /radar/findings/"+id, nil)
		var seen struct {
			Finding   struct{ Status string }
			Decisions []struct{ ByName, Reason string }
		}
		if err := json.Unmarshal(raw, &seen); err != nil || seen.Finding.Status != "confirmed" || len(seen.Decisions) != 1 || seen.Decisions[0].ByName != "" || seen.Decisions[0].Reason == "" {
			t.Errorf("the school reads %s", raw)
		}
		s.says(school, "POST /radar/findings/"+id+"/statements", map[string]any{"text": "我们不服"}, 409, "oversight.settled")
		if n, err := s.Rebuild(t.Context()); err != nil || n != 0 {
			t.Errorf("rebuild: %d differences, %v", n, err)
		}
		s.sound("at the end")
	})
}

// Who left their employer before a class, and two records that turn out to be
// one person: the radar follows.
func TestTheRadarFollowsTheRegister(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		a, b := s.person("兰芳", nil), s.person("兰 芳", nil)
		spell := s.employ(a, s.home, "2024-01-01", "")
		first, one := s.class("2025-06-02")
		second, two := s.class("2025-06-02")
		s.enrol(first, a)
		s.enrol(second, b)
		s.present(one, a, "2025-06-02", "12:00")
		s.present(two, b, "2025-06-02", "12:00")
		s.close(one)
		s.close(two)
		if got := s.radar(s.token, ""); len(got.Items) != 0 {
			t.Fatalf("two people: %+v", got)
		}
		s.must("POST /people/"+a+"/employments/"+spell+"/end", map[string]any{"endedOn": "2025-05-01", "reason": "离职"})
		if got := s.radar(s.token, "kind=leftEmployer&status=open"); len(got.Items) != 1 {
			t.Errorf("left: %+v", got)
		}
		s.must("POST /people/"+a+"/merges", map[string]any{"otherId": b, "reason": "同一人"})
		if got := s.radar(s.token, "kind=twoRooms&status=open"); len(got.Items) != 1 {
			t.Errorf("one person: %+v", got)
		}
		if n, err := s.Rebuild(t.Context()); err != nil || n != 0 {
			t.Errorf("rebuild: %d differences, %v", n, err)
		}
	})
}
