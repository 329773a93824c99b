package app_test

import (
	"strings"
	"testing"
)

// A school that an institution has commissioned imports and enrols its people,
// and changes nothing else of the institution's (DESIGN §2).
func TestWhatACommissionedSchoolMayDo(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		home, school := s.user("home", "institution", s.home), s.user("school", "school", s.school)
		s.as(home, "POST /organizations/"+s.home+"/commissions", map[string]any{"schoolId": s.school, "startsOn": "2025-01-01"}, nil)
		const head = "姓名,身份证号码,联系电话,入职日期"
		wrong := "310118198502300" + number(2)[15:] // on the 30th of February
		s.upload(home, "people", s.home, false, head, "王秀兰,"+number(1)+",13800000001,2024-03-01", "李桂芳,"+wrong+",13800000002,2024-03-01")
		var list struct {
			Items []struct {
				ID                        string
				Withdrawable, Dismissable bool
			}
		}
		s.as(school, "GET /imports?organizationId="+s.home, nil, &list)
		if len(list.Items) != 1 || list.Items[0].Withdrawable || list.Items[0].Dismissable {
			t.Fatalf("%+v", list)
		}
		theirs := "/imports/" + list.Items[0].ID
		s.says(school, "POST "+theirs+"/withdrawal", map[string]any{"reason": "不是我们的"}, 403, "imports.not_sender")
		s.says(school, "POST "+theirs+"/dismissal", map[string]any{"reason": "不是我们的"}, 403, "imports.not_sender")

		var people struct{ Items []struct{ ID string } }
		s.as(school, "GET /people?organizationId="+s.home, nil, &people)
		person := people.Items[0].ID
		s.says(school, "GET /people/"+person, nil, 200)
		s.says(school, "PATCH /people/"+person, map[string]any{"phone": "13900000009"}, 404, "people.unknown")
		s.says(school, "POST /people/"+person+"/employments", map[string]any{"organizationId": s.home, "role": "director", "startedOn": "2025-01-01"}, 404, "people.employer_unknown")

		// The refused rows are clear to who sent them, and to nobody else.
		clear, masked := s.rows(home, theirs+"/errors.xlsx"), s.rows(school, theirs+"/errors.xlsx")
		told := func(rows [][]string) string {
			var out []string
			for _, r := range rows {
				out = append(out, strings.Join(r, " "))
			}
			return strings.Join(out, "\n")
		}
		if got := told(clear); !strings.Contains(got, wrong) || !strings.Contains(got, "13800000002") {
			t.Errorf("to the sender: %s", got)
		}
		if got := told(masked); strings.Contains(got, wrong) || strings.Contains(got, "13800000002") || !strings.Contains(got, wrong[:3]+"***********"+wrong[14:]) {
			t.Errorf("to the school: %s", got)
		}
		if got := string(s.must("GET /audit?noun=import", nil)); strings.Count(got, `"verb":"exportRefusals"`) != 2 || strings.Count(got, `"masked":"true"`) != 1 {
			t.Errorf("the operation log: %s", got)
		}

		// What it has imported itself it may withdraw, also as another of its office.
		s.upload(school, "people", s.home, false, head, "赵敏,"+number(3)+",13800000003,2025-03-01")
		s.as(school, "GET /imports?organizationId="+s.home, nil, &list)
		if len(list.Items) != 2 || !list.Items[0].Withdrawable {
			t.Fatalf("its own import: %+v", list)
		}
		colleague := s.user("colleague", "school", s.school)
		s.says(colleague, "POST /imports/"+list.Items[0].ID+"/withdrawal", map[string]any{"reason": "送错了机构"}, 200, `"withdrawnAt":"`)
	})
}
