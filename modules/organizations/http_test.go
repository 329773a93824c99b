package organizations_test

import (
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/access"
	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
	"carecert/modules/kit/web"
	"carecert/modules/organizations"
)

// Authenticate takes "role|organisation" for a token.
func (w *world) Authenticate(_ context.Context, c web.Credentials) (web.Identity, error) {
	role, org, ok := strings.Cut(c.Bearer, "|")
	if !ok {
		return web.Identity{}, fault.New(fault.Unauthenticated, "test.nobody")
	}
	return web.Identity{Actor: kernel.Actor{User: "u", Grants: []kernel.Grant{{Role: kernel.Role(role), Organization: kernel.OrganizationID(org)}}}}, nil
}

func TestOverHTTP(t *testing.T) {
	policies := os.DirFS("../../policies")
	words, err := web.LoadWords(policies)
	if err != nil {
		t.Fatal(err)
	}
	policy, err := access.Load(policies)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := newWorld(t, db)
		app := web.NewApp(web.Config{DB: db, Clock: w, Log: slog.New(slog.DiscardHandler), Words: words, Guard: &web.Guard{Authenticator: w, Enforcer: policy}})
		(&organizations.Module{Service: w.Service}).Routes(app.Router)
		app.Finish()
		if err := db.Ensure(w.ctx); err != nil {
			t.Fatal(err)
		}
		district := string(w.register(t, organizations.DistrictBureau, "青浦区民政局", "310118", ""))
		home := string(w.register(t, organizations.Institution, "重固镇养护院", "310118", "310118109"))
		far := string(w.register(t, organizations.Institution, "仙霞养老院", "310105", ""))
		school := string(w.register(t, organizations.TrainingSchool, "培训学校", "310105", ""))
		body := string(w.register(t, organizations.AssessmentBody, "技能评价中心", "310118", ""))
		bureau, self := "districtBureau|"+district, "institution|"+home
		for _, c := range []struct {
			name, who, method, path, body string
			status                        int
			has, hasNot                   string
		}{
			{"a bureau registers a home", bureau, "POST", "/organizations", `{"kind":"institution","name":"晚晴养护院","divisionCode":"310118","subdistrictCode":"310118001","approvedBeds":120,"creditCode":"52310118MJ4950000F"}`, 201, `"subdistrictName":"夏阳街道"`, ""},
			{"not in another district", bureau, "POST", "/organizations", `{"kind":"institution","name":"x","divisionCode":"310105"}`, 403, "organizations.outside_tree", ""},
			{"a home registers nobody", self, "POST", "/organizations", `{"kind":"institution","name":"x","divisionCode":"310118"}`, 403, "", ""},
			{"beds below nothing", bureau, "POST", "/organizations", `{"kind":"institution","name":"x","divisionCode":"310118","approvedBeds":-1}`, 422, "approvedBeds", ""},
			{"a wrong credit code", bureau, "POST", "/organizations", `{"kind":"institution","name":"x","divisionCode":"310118","creditCode":"52310118MJ4950000A"}`, 422, "统一社会信用代码", ""},
			{"a credit code as it is typed", bureau, "POST", "/organizations", `{"kind":"institution","name":"全角养护院","divisionCode":"310118","creditCode":"５２３１０１１８ mj4950000Ｆ"}`, 201, `"creditCode":"52310118MJ4950000F"`, ""},
			{"an unknown kind", bureau, "POST", "/organizations", `{"kind":"club","name":"x","divisionCode":"310118"}`, 422, "kind", ""},
			{"the list is its own", bureau, "GET", "/organizations?kind=institution&q=chonggu", "", 200, `"total":1`, "仙霞"},
			{"a home far away is not found", bureau, "GET", "/organizations/" + far, "", 404, "organizations.unknown", "仙霞"},
			{"but its school may be looked up", self, "GET", "/organizations/directory?kind=trainingSchool", "", 200, school, "creditCode"},
			{"the divisions above the street", self, "GET", "/organizations/regions", "", 200, `{"code":"310118","name":"青浦区","level":"district"}`, "subdistrict"},
			{"the streets of one", self, "GET", "/organizations/regions?parent=310118", "", 200, `"level":"subdistrict"`, `"code":"310105`},
			{"no divisions for who registers nothing", "caregiver|", "GET", "/organizations/regions", "", 403, "", ""},
			{"a caregiver looks nothing up", "caregiver|", "GET", "/organizations/directory?kind=trainingSchool", "", 403, "", ""},
			{"a home renames itself", self, "PATCH", "/organizations/" + home, `{"name":"重固镇敬老院","renamedOn":"2025-07-01"}`, 200, `"from":"2025-07-01"`, ""},
			{"an old day shows the old name", bureau, "GET", "/organizations/" + home + "?asOf=2025-06-30", "", 200, `"name":"重固镇养护院"`, ""},
			{"and says what it is now", bureau, "GET", "/organizations?kind=institution&asOf=2025-06-30", "", 200, `"currentName":"重固镇敬老院"`, ""},
			{"the new name from its day on", bureau, "GET", "/organizations/" + home + "?asOf=2025-07-01", "", 200, `"name":"重固镇敬老院"`, "currentName"},
			{"it is found by the old name", bureau, "GET", "/organizations?q=%E9%87%8D%E5%9B%BA%E9%95%87%E5%85%BB%E6%8A%A4%E9%99%A2", "", 200, `"formerly":"重固镇养护院"`, `"total":2`},
			{"and by its pinyin", bureau, "GET", "/organizations?kind=institution&q=chongguzhenyanghuyuan", "", 200, `"total":1`, ""},
			{"and by its initials", bureau, "GET", "/organizations?q=cgzyhy", "", 200, `"formerly":"重固镇养护院"`, ""},
			{"not of another kind", bureau, "GET", "/organizations?kind=trainingSchool&q=cgzyhy", "", 200, `"total":0`, ""},
			{"by the beginning of both names as ever", bureau, "GET", "/organizations?q=chonggu", "", 200, `"total":1`, "formerly"},
			{"in the tree as well", bureau, "GET", "/organizations/tree?parentId=" + district + "&asOf=2025-06-30", "", 200, `"name":"重固镇养护院"`, ""},
			{"its history", self, "GET", "/organizations/" + home + "/history", "", 200, `{"field":"name","old":"重固镇养护院","new":"重固镇敬老院"}`, ""},
			{"nobody directs it", bureau, "GET", "/organizations?flag=noDirector", "", 200, `"flags":["noDirector"]`, "培训学校"},
			{"no history out of reach", bureau, "GET", "/organizations/" + far + "/history", "", 404, "organizations.unknown", ""},
			{"no directors either", bureau, "GET", "/organizations/" + far + "/directors", "", 404, "organizations.unknown", ""},
			{"nor relations", bureau, "GET", "/organizations/" + far + "/relations", "", 404, "organizations.unknown", ""},
			{"renamed in the future", self, "PATCH", "/organizations/" + home, `{"name":"x","renamedOn":"2099-01-01"}`, 422, "renamedOn", ""},
			{"but gives itself no beds", self, "PATCH", "/organizations/" + home, `{"approvedBeds":500}`, 403, "organizations.needs_superior", ""},
			{"a bureau gives it beds", bureau, "PATCH", "/organizations/" + home, `{"approvedBeds":120}`, 200, `"approvedBeds":120`, ""},
			{"beds left out stay", bureau, "PATCH", "/organizations/" + home, `{"grade":"二级"}`, 200, `"approvedBeds":120`, ""},
			{"no beds are none", bureau, "PATCH", "/organizations/" + home, `{"approvedBeds":0}`, 200, `"grade":"二级"`, `"approvedBeds"`},
			{"and stay so", bureau, "GET", "/organizations/" + home, "", 200, `"grade":"二级"`, `"approvedBeds"`},
			{"nor can the home itself empty them", self, "PATCH", "/organizations/" + home, `{"grade":""}`, 403, "organizations.needs_superior", ""},
			{"a body is filed for occupations", bureau, "PATCH", "/organizations/" + body, `{"occupations":["4-14-01-03","4-10-01-05"]}`, 200, `"occupations":["4-10-01-05","4-14-01-03"]`, ""},
			{"occupations left out stay", bureau, "PATCH", "/organizations/" + body, `{"name":"护理技能评价中心"}`, 200, `"occupations":["4-10-01-05","4-14-01-03"]`, ""},
			{"emptied ones are none", bureau, "PATCH", "/organizations/" + body, `{"occupations":[]}`, 200, "护理技能评价中心", `"occupations"`},
			{"and stay none", bureau, "GET", "/organizations/" + body, "", 200, "护理技能评价中心", `"occupations"`},
			{"a home commissions a school", self, "POST", "/organizations/" + home + "/commissions", `{"schoolId":"` + school + `","startsOn":"2025-01-01"}`, 201, `"schoolName":"培训学校"`, "9999"},
			{"the school sees it", "school|" + school, "GET", "/organizations/" + school + "/commissions", "", 200, `"institutionName":"重固镇敬老院"`, ""},
			{"a school commissions itself from nobody", "school|" + school, "POST", "/organizations/" + home + "/commissions", `{"schoolId":"` + school + `","startsOn":"2025-01-01"}`, 403, "", ""},
			{"a day that does not exist", self, "POST", "/organizations/" + home + "/commissions", `{"schoolId":"` + school + `","startsOn":"2025-02-30"}`, 422, "startsOn", ""},
		} {
			r := httptest.NewRequestWithContext(w.ctx, c.method, "/api/v1"+c.path, strings.NewReader(c.body))
			r.Header.Set("Content-Type", "application/json")
			r.Header.Set("Authorization", "Bearer "+c.who)
			res, err := app.Fiber.Test(r, -1)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := io.ReadAll(res.Body)
			res.Body.Close()
			body := string(raw)
			if err != nil || res.StatusCode != c.status || !strings.Contains(body, c.has) || (c.hasNot != "" && strings.Contains(body, c.hasNot)) {
				t.Errorf("%s: %d %s", c.name, res.StatusCode, body)
			}
		}
	})
}
