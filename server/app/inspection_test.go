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
		// The public draws again from numbers: of people it reads neither name nor id.
		_, file, head := s.call("", "GET /public/inspections/"+drawn.ID+"/population.txt", nil)
		lots := strings.Split(strings.TrimSuffix(string(file), "\n"), "\n")
		if len(lots) != 4 || !strings.Contains(head.Get("Cache-Control"), "immutable") {
			t.Errorf("%v %s", head, file)
		}
		ranked := 0
		for n, l := range lots {
			cells := strings.Split(l, "\t")
			if len(cells) != 5 || cells[0] != fmt.Sprint(n+1) || len(cells[1]) != 64 || cells[4] != "" {
				t.Errorf("%q", l)
			}
			if cells[3] != "" {
				ranked++
			}
		}
		if ranked != 2 {
			t.Errorf("%d are drawn", ranked)
		}
		s.says("", "GET /d/"+drawn.ID, nil, 200, drawn.Seed, drawn.Digest, "population.txt", "青浦区民政局 2025 年在岗人员抽查")
		s.says("", "GET /d/none", nil, 404, "oversight.inspection_unknown")
		if _, page, _ := s.call("", "GET /d/"+drawn.ID, nil); strings.Contains(string(page), "兰芳") || strings.Contains(string(page), "oversight.page") {
			t.Errorf("%s", page)
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
