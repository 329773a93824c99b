package app_test

import (
	"strings"
	"testing"
)

// TestACalendarEndsWithTheAccount: an address shows what its maker reaches when
// it is read: not with another role, not once the account is closed.
func TestACalendarEndsWithTheAccount(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		school := s.user("school", "school", s.school)
		wang := s.person("王秀兰", nil)
		s.employ(wang, s.home, "2024-03-01", "")
		phone := s.caregiver("wang", wang)
		class, _ := s.class("2025-09-02")
		s.enrol(class, wang)
		open := func(token, kind, target string) string {
			t.Helper()
			var made struct{ URL string }
			s.as(token, "POST /calendar-feeds", map[string]any{"kind": kind, "targetId": target}, &made)
			return "GET " + strings.TrimPrefix(made.URL, "https://example.cn/api/v1")
		}
		own, ofClass := open(phone, "person", ""), open(school, "class", class)
		for _, address := range []string{own, ofClass} {
			s.says("", address, nil, 200, "BEGIN:VEVENT")
		}
		var users struct {
			Items []struct{ ID, Username string }
		}
		s.as(s.token, "GET /users?limit=100", nil, &users)
		change := func(name string, body map[string]any) {
			t.Helper()
			for _, u := range users.Items {
				if u.Username == name {
					_, _, head := s.call(s.token, "GET /users/"+u.ID, nil)
					if status, raw, _ := s.match(s.token, head.Get("ETag"), "PATCH /users/"+u.ID, body); status != 200 {
						t.Fatalf("%d %s", status, raw)
					}
					return
				}
			}
			t.Fatalf("no user %s in %+v", name, users)
		}
		change("school", map[string]any{"grants": []any{map[string]any{"role": "institution", "organizationId": s.other}}})
		s.says("", ofClass, nil, 404, "training.feed_unknown")
		change("school", map[string]any{"grants": []any{map[string]any{"role": "school", "organizationId": s.school}}})
		s.says("", ofClass, nil, 200, "BEGIN:VEVENT")
		change("wang", map[string]any{"disabled": true})
		s.says("", own, nil, 404, "training.feed_unknown")
	})
}
