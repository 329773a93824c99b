package app_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestInspectionSample: a bureau draws, anybody checks the seed against the
// published head of the log, nobody reads a name without being let in.
func TestInspectionSample(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		bureau, home := s.user("bureau", "districtBureau", s.bureau), s.user("home", "institution", s.home)
		s.roster(home, "兰芳", "梅英", "华珍", "桂香")
		order := map[string]any{"organizationId": s.bureau, "year": 2025, "subject": "people", "percent": 50, "stratified": true, "note": "年度抽查"}
		s.says(home, "POST /inspections", order, 403, "web.forbidden")
		s.says(s.token, "POST /inspections", order, 403, "oversight.office_needed")
		var drawn struct {
			ID, Seed, Digest, Head string
			Population, Size       int
		}
		s.as(bureau, "POST /inspections", order, &drawn)
		if drawn.Population != 4 || drawn.Size != 2 || len(drawn.Seed) != 64 {
			t.Fatalf("%+v", drawn)
		}
		s.says(bureau, "POST /inspections", order, 409, "oversight.drawn_already")
		s.says(bureau, "GET /inspections/"+drawn.ID+"/recomputation", nil, 200, `"equal":true`)
		s.says("", "GET /public/inspections/"+drawn.ID, nil, 200, drawn.Seed, drawn.Digest)
		if _, raw, _ := s.call("", "GET /public/inspections/"+drawn.ID, nil); strings.Contains(string(raw), "bureau\"") || strings.Contains(string(raw), "兰芳") {
			t.Errorf("the public reads %s", raw)
		}
		s.says("", "GET /inspections/"+drawn.ID+"/items", nil, 401, "")
		s.says(home, "GET /inspections/"+drawn.ID+"/items", nil, 403, "web.forbidden")
		var list struct {
			Items []struct {
				Rank           int
				ID, Name, Href string
			}
		}
		s.as(bureau, "GET /inspections/"+drawn.ID+"/items", nil, &list)
		if len(list.Items) != 2 || list.Items[0].Name == "" {
			t.Fatalf("%+v", list)
		}
		s.says(bureau, "GET "+strings.TrimPrefix(list.Items[0].Href, "/api/v1"), nil, 200, list.Items[0].Name)
		s.says(bureau, "PUT /inspections/"+drawn.ID+"/items/1", map[string]any{"result": "deviation"}, 422, "oversight.note_needed")
		s.says(bureau, "PUT /inspections/"+drawn.ID+"/items/1", map[string]any{"result": "deviation", "note": "签到表缺页", "link": "https://example.cn/1"}, 200, "签到表缺页")
		s.says(bureau, "GET /inspections/"+drawn.ID, nil, 200, `"deviations":1`, `"toInspect":1`)
		rows := s.rows(bureau, "/inspections/"+drawn.ID+"/items.xlsx?reason=%E5%AD%98%E6%A1%A3")
		if len(rows) != 4 || !strings.Contains(fmt.Sprint(rows), "签到表缺页") {
			t.Errorf("%v", rows)
		}
		s.says(bureau, "POST /inspections/"+drawn.ID+"/withdrawal", map[string]any{"reason": "范围选错"}, 200, "范围选错")
		s.says("", "GET /public/inspections/"+drawn.ID, nil, 200, "范围选错")
		s.says(bureau, "GET /inspections?organizationId="+s.bureau, nil, 200, drawn.ID)
	})
}
