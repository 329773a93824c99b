package app_test

import (
	"fmt"
	"strings"
	"testing"
)

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
			s.as(home, "GET /people?limit=1&organizationId="+s.home, nil, &list)
			return list.Total
		}
		table := []string{"姓名,身份证号码,入职日期"}
		for n := range many {
			table = append(table, fmt.Sprintf("王秀%c,%s,2024-03-01", rune('一'+n), number(n+1)))
		}
		if said := s.upload(home, "people", s.home, false, table...); len(said) > 0 || registered() != many {
			t.Fatal(list.Total, said)
		}
		person := list.Items[0]
		s.must("POST /certificates/registrations", map[string]any{
			"personId": person.ID, "family": "skillLevel", "number": "S000031000006243000001", "level": 3, "issuedOn": "2024-05-01", "issuerName": "上海某评价机构",
		})
		var file struct {
			WithdrawnAt  *string
			Withdrawable bool
			Withdrawal   struct {
				Stage, Code, Message string
				Rows, Total          int
			}
		}
		withdrawn := func() (path string) {
			t.Helper()
			var files struct{ Items []struct{ ID string } }
			s.as(home, "GET /imports", nil, &files) // the newest first
			path = "/imports/" + files.Items[0].ID
			s.says(home, "POST "+path+"/withdrawal", map[string]any{"reason": "发错了文件"}, 200, `"stage":"running"`)
			until(t, "the withdrawal", func() bool {
				s.as(home, "GET "+path, nil, &file)
				return file.Withdrawal.Stage != "running"
			})
			return path
		}
		withdrawn()
		if w := file.Withdrawal; w.Stage != "stopped" || w.Code != "people.built_upon" || !strings.Contains(w.Message, person.Name) || w.Rows != 0 || !file.Withdrawable {
			t.Errorf("%+v", file)
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
