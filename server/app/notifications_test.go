package app_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"carecert/modules/kernel"
)

type told struct {
	Items []struct {
		ID, Event, Text, Href string
		At                    time.Time
		Read                  bool
	}
	Total int
}

func (t told) kinds() (kinds []string) {
	for _, n := range t.Items {
		kinds = append(kinds, n.Event)
	}
	return kinds
}

// TestCaregiversAreTold follows a caregiver through a class: each thing that
// others did is told once, and only to them.
func TestCaregiversAreTold(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		wang, li := s.person("王秀兰", nil), s.person("李桂芳", nil)
		for _, p := range []string{wang, li} {
			s.employ(p, s.home, "2024-01-01", "")
		}
		phone, other := s.caregiver("wang", wang), s.caregiver("li", li)
		read := func(token, what string, into any) {
			t.Helper()
			status, raw, _ := s.call(token, what, nil)
			if status != 200 {
				t.Fatalf("%s: %d %s", what, status, raw)
			}
			if err := json.Unmarshal(raw, into); err != nil {
				t.Fatal(err)
			}
		}
		expect := func(token string, kinds ...string) told {
			t.Helper()
			var got told
			read(token, "GET /notifications", &got)
			slices.Reverse(kinds) // the latest first
			if !slices.Equal(got.kinds(), kinds) || got.Total != len(kinds) {
				t.Fatalf("told %v (%d), want %v", got.kinds(), got.Total, kinds)
			}
			return got
		}
		class := s.id("POST /classes", map[string]any{"courseId": s.course, "providerId": s.school, "organiserTier": "institution", "startsOn": "2025-09-03", "endsOn": "2025-09-30", "capacity": 1})
		day := func(on string) map[string]any {
			return map[string]any{"startsAt": on + "T09:00:00+08:00", "endsAt": on + "T12:00:00+08:00", "minutes": 180, "venue": "201", "teacher": "周老师"}
		}
		first := s.id("POST /classes/"+class+"/sessions", day("2025-09-03"))
		second := s.id("POST /classes/"+class+"/sessions", day("2025-09-10"))

		s.enrol(class, wang)
		s.must("POST /classes/"+class+"/enrolments", map[string]any{"personIds": []string{li}})
		s.must("POST /classes/"+class+"/enrolments", map[string]any{"personIds": []string{li}}) // again: nothing new
		expect(phone, "enrolled")
		expect(other, "waitlisted")
		s.pass(time.Second)
		s.must("POST /classes/"+class+"/enrolments/"+wang+"/withdrawal", map[string]any{"reason": "名额调给同事"})
		if n := expect(phone, "enrolled", "takenOut").Items[0]; !strings.Contains(n.Text, "名额调给同事") || n.Href != "/classes?class="+class {
			t.Errorf("%+v", n)
		}
		expect(other, "waitlisted", "movedUp")

		s.pass(time.Second)
		s.must("PATCH /sessions/"+second, map[string]any{"venue": "305"})
		s.pass(time.Second)
		s.must("PATCH /sessions/"+second, map[string]any{"teacher": "陈老师"}) // nobody's concern
		s.must("POST /sessions/"+second+"/cancellation", map[string]any{"reason": "台风"})
		if n := expect(other, "waitlisted", "movedUp", "sessionMoved", "sessionCancelled").Items[0]; !strings.Contains(n.Text, "台风") || !strings.Contains(n.Text, "2025-09-10 09:00") {
			t.Errorf("%+v", n)
		}
		for range 2 { // reminders may run as often as they like
			if err := s.Remind(kernel.AsSystem(t.Context(), "test")); err != nil {
				t.Fatal(err)
			}
		}
		expect(other, "waitlisted", "movedUp", "sessionMoved", "sessionCancelled")
		s.pass(26 * time.Hour)
		for range 2 {
			if err := s.Remind(kernel.AsSystem(t.Context(), "test")); err != nil {
				t.Fatal(err)
			}
		}
		expect(other, "waitlisted", "movedUp", "sessionMoved", "sessionCancelled", "sessionSoon")

		s.pass(26 * time.Hour)
		s.present(first, li, "2025-09-03", "12:00")
		s.close(first)
		home := s.user("home", "institution", s.home)
		if status, raw, _ := s.call(home, "POST /sessions/"+first+"/attendance/"+li+"/refusal", map[string]any{"reason": "当天在岗值班"}); status != 200 {
			t.Fatalf("%d %s", status, raw)
		}
		if n := expect(other, "waitlisted", "movedUp", "sessionMoved", "sessionCancelled", "sessionSoon", "presenceRefused").Items[0]; !strings.Contains(n.Text, "当天在岗值班") || n.Href != "/hours" {
			t.Errorf("%+v", n)
		}

		// Reading: one, then all; never another's.
		list := expect(other, "waitlisted", "movedUp", "sessionMoved", "sessionCancelled", "sessionSoon", "presenceRefused")
		at := "/notifications/" + url.PathEscape(list.Items[0].ID) + "/read"
		if status, raw, _ := s.call(phone, "POST "+at, nil); status != 404 || !strings.Contains(string(raw), "notifications.unknown") {
			t.Errorf("another's notification: %d %s", status, raw)
		}
		count := func(token string) (n struct{ Count int }) {
			t.Helper()
			read(token, "GET /notifications/unread", &n)
			return n
		}
		for range 2 {
			if status, raw, _ := s.call(other, "POST "+at, nil); status != 200 {
				t.Fatalf("%d %s", status, raw)
			}
		}
		if n := count(other); n.Count != 5 {
			t.Errorf("%d unread, want 5", n.Count)
		}
		if status, raw, _ := s.call(other, "POST /notifications/read", map[string]any{"until": list.Items[1].At}); status != 200 || !strings.Contains(string(raw), `"read":5`) {
			t.Fatalf("%d %s", status, raw)
		}
		if n, own := count(other), count(phone); n.Count != 0 || own.Count != 2 {
			t.Errorf("%d and %d unread, want 0 and 2", n.Count, own.Count)
		}

		// On the days of the rule row whoever lacks hours hears of it, once.
		for _, on := range []kernel.Date{"2025-10-07", "2025-10-08", "2025-10-09", "2025-12-01"} {
			s.pass(on.Start().Add(10 * time.Hour).Sub(s.Clock.Now()))
			if err := s.Remind(kernel.AsSystem(t.Context(), "test")); err != nil {
				t.Fatal(err)
			}
		}
		if n := expect(phone, "enrolled", "takenOut", "yearShort", "yearShort").Items[0]; !strings.Contains(n.Text, "2025 年的在岗培训还差 20.00 课时") {
			t.Errorf("%+v", n)
		}
		// Two records that are one person: what was told is kept, and given back.
		s.must("POST /people/"+li+"/merges", map[string]any{"otherId": wang, "reason": "同一人"})
		var both told
		if read(other, "GET /notifications", &both); both.Total != 8+4 {
			t.Errorf("after the merge: %v", both.kinds())
		}
	})
}
