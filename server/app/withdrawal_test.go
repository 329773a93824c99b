package app_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// lastRoster is the path of the people import that was sent last.
func (s *scene) lastRoster(token string) string {
	s.t.Helper()
	var files struct{ Items []struct{ ID, Kind string } }
	s.as(token, "GET /imports", nil, &files)
	for _, f := range files.Items { // the newest first
		if f.Kind == "people" {
			return "/imports/" + f.ID
		}
	}
	s.t.Fatal("no roster was sent")
	return ""
}

// A roster of many people is withdrawn in the background: who stands in the
// way is named before anybody leaves the register, and afterwards nothing is
// left of them in the lists and the figures.
func TestARosterOfManyIsWithdrawn(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		const many = 250
		home := s.user("home", "institution", s.home)
		var list struct {
			Items []struct{ ID, Name string }
			Total int
		}
		registered := func() int {
			s.as(home, "GET /people?limit=2&organizationId="+s.home, nil, &list)
			return list.Total
		}
		table := []string{"姓名,身份证号码,入职日期"}
		for n := range many {
			table = append(table, fmt.Sprintf("王秀%c,%s,2024-03-01", rune('一'+n), number(n+1)))
		}
		if said := s.upload(home, "people", s.home, false, table...); len(said) > 0 || registered() != many {
			t.Fatal(list.Total, said)
		}
		person, learned := list.Items[0], list.Items[1]
		s.must("POST /certificates/registrations", map[string]any{
			"personId": person.ID, "family": "skillLevel", "number": "S000031000006243000001", "level": 3, "issuedOn": "2024-05-01", "issuerName": "上海某评价机构",
		})
		theirs := number(int([]rune(learned.Name)[2]-'一') + 1)
		if said := s.upload(home, "hours", s.home, false, "姓名,身份证号,培训日期,培训内容,培训机构,学时", learned.Name+","+theirs+",2025-03-12,压疮预防,学校,4"); len(said) > 0 {
			t.Fatal(said)
		}
		var file struct {
			WithdrawnAt  *string
			Withdrawable bool
			Withdrawal   struct {
				Stage, Code, Message string
				Rows, Total          int
				InTheWay             []struct{ Code, Message string }
			}
		}
		withdrawn := func() (path string) {
			t.Helper()
			path = s.lastRoster(home)
			s.says(home, "POST "+path+"/withdrawal", map[string]any{"reason": "发错了文件"}, 200, `"stage":"running"`)
			until(t, "the withdrawal", func() bool {
				s.as(home, "GET "+path, nil, &file)
				return file.Withdrawal.Stage != "running"
			})
			return path
		}
		withdrawn()
		if w := file.Withdrawal; w.Stage != "stopped" || len(w.InTheWay) != 2 || w.Code != w.InTheWay[0].Code || w.Rows != 0 || !file.Withdrawable {
			t.Errorf("%+v", file)
		}
		for _, why := range file.Withdrawal.InTheWay {
			if who := map[string]string{"people.certified_since": person.Name, "people.hours_since": learned.Name}[why.Code]; who == "" || !strings.Contains(why.Message, who) {
				t.Errorf("%+v", why)
			}
		}
		if registered() != many {
			t.Errorf("%d people after a withdrawal that was stopped", list.Total)
		}

		for n := range many {
			table[n+1] = fmt.Sprintf("李芳%c,%s,2024-03-01", rune('一'+n), number(many+n+1))
		}
		if said := s.upload(home, "people", s.home, false, table...); len(said) > 0 || registered() != 2*many {
			t.Fatal(list.Total, said)
		}
		path := withdrawn()
		if w := file.Withdrawal; w.Stage != "done" || w.Rows != many || w.Total != many || file.WithdrawnAt == nil || file.Withdrawable {
			t.Errorf("%+v", file)
		}
		if registered() != many {
			t.Errorf("%d people are left", list.Total)
		}
		s.says(home, "POST "+path+"/withdrawal", map[string]any{"reason": "再来一次"}, 409, "imports.already_withdrawn")
		if log := string(s.must("GET /audit?noun=import", nil)); strings.Count(log, `"verb":"finishWithdrawal"`) != 2 {
			t.Error(log)
		}
		until(t, "the facts", func() bool { return s.Heard(t.Context()) })
		s.sound("after the withdrawal")
	})
}

// A home hires, by a roster, somebody who has long had a certificate, a seat,
// hours and an account: the roster can be taken back until something is recorded
// that may rest on the post.
func TestARosterOfPeopleWithAPastIsWithdrawn(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		person := s.person("王小兰", map[string]any{"organizationId": s.other})
		s.employ(person, s.other, "2024-03-01", "")
		theirs := number(s.people)
		home := s.user("home", "institution", s.home)
		hours := func(token, at, on string) {
			t.Helper()
			if said := s.upload(token, "hours", at, false, "姓名,身份证号,培训日期,培训内容,培训机构,学时", "王小兰,"+theirs+","+on+",压疮预防,学校,4"); len(said) > 0 {
				t.Fatal(said)
			}
		}
		hires := func() {
			t.Helper()
			if said := s.upload(home, "people", s.home, false, "姓名,身份证号码,入职日期", "王小兰,"+theirs+",2025-08-01"); len(said) > 0 {
				t.Fatal(said)
			}
		}
		posts := func() (spells []string) {
			t.Helper()
			var p struct {
				Employments []struct{ ID, OrganizationID string }
			}
			s.as(s.token, "GET /people/"+person, nil, &p)
			for _, e := range p.Employments {
				if e.OrganizationID == s.home {
					spells = append(spells, e.ID)
				}
			}
			return spells
		}
		before, session := s.class("2025-09-01")
		s.certify(person, 3, "2024-05-01")
		s.enrol(before, person)
		s.pass(4 * time.Hour)
		s.present(session, person, "2025-09-01", "12:00")
		s.close(session)
		hours(s.token, s.other, "2025-03-12")
		s.caregiver("wang", person)
		until(t, "the facts", func() bool { return s.Heard(t.Context()) })

		later, _ := s.class("2025-10-01")
		for _, c := range []struct {
			code string
			act  func()
		}{
			{"", func() {}},
			{"people.trained_since", func() { s.enrol(later, person) }},
			{"people.hours_since", func() { hours(home, s.home, "2025-04-12") }},
			{"people.certified_since", func() { s.certify(person, 2, "2025-05-01") }},
			{"", func() { // an account for an office that they have since
				office := map[string]any{"role": "institution", "organizationId": s.other}
				s.must("POST /users", map[string]any{
					"username": "clerk", "displayName": "王小兰", "password": "a password of the tests", "personId": person, "grants": []any{office},
				})
			}},
		} {
			s.pass(time.Minute)
			hires()
			spells := posts()
			if len(spells) != 1 {
				t.Fatalf("before %q: %v", c.code, spells)
			}
			c.act()
			withdrawal := "POST " + s.lastRoster(home) + "/withdrawal"
			if c.code == "" {
				s.says(home, withdrawal, map[string]any{"reason": "发错了文件"}, 200, `"stage":"done","rows":1`)
				if left := posts(); len(left) != 0 {
					t.Errorf("withdrawn, %v is left", left)
				}
				continue
			}
			s.says(home, withdrawal, map[string]any{"reason": "发错了文件"}, 409, c.code, "王小兰")
			s.says(home, "POST /people/"+person+"/employments/"+spells[0]+"/void", map[string]any{"reason": "录错人"}, 200)
		}
		until(t, "the facts", func() bool { return s.Heard(t.Context()) })
		s.sound("after the withdrawals")
	})
}
