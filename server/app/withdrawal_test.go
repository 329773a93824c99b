package app_test

import (
	"fmt"
	"slices"
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
			var files struct{ Items []struct{ ID, Kind string } }
			s.as(home, "GET /imports", nil, &files)
			for _, f := range slices.Backward(files.Items) { // the newest first
				if f.Kind == "people" {
					path = "/imports/" + f.ID
				}
			}
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
