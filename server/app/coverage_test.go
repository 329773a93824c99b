package app_test

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"carecert/modules/kernel"
)

// trained holds a class of a course on a day and completes it for those who
// attended; it gives the certificates by person.
func (s *scene) trained(course, programme string, on kernel.Date, people ...string) map[string]string {
	s.t.Helper()
	body := map[string]any{"courseId": course, "providerId": s.school, "organiserTier": "institution", "startsOn": on, "endsOn": on, "capacity": 50}
	if programme != "" {
		body["programmeId"] = programme
	}
	class := s.id("POST /classes", body)
	session := s.id("POST /classes/"+class+"/sessions", map[string]any{
		"startsAt": string(on) + "T09:00:00+08:00", "endsAt": string(on) + "T12:00:00+08:00", "minutes": 180, "venue": "201", "teacher": "周老师",
	})
	s.enrol(class, people...)
	for _, p := range people {
		s.present(session, p, on, "12:00")
	}
	s.close(session)
	var done struct {
		Completions []struct{ PersonID, CertificateID string }
	}
	if err := json.Unmarshal(s.must("POST /classes/"+class+"/complete", map[string]any{}), &done); err != nil || len(done.Completions) != len(people) {
		s.t.Fatalf("completions of %s: %+v %v", class, done, err)
	}
	out := map[string]string{}
	for _, c := range done.Completions {
		out[c.PersonID] = c.CertificateID
	}
	return out
}

func (s *scene) post(person, at, role string, from kernel.Date) {
	s.t.Helper()
	s.must("POST /people/"+person+"/employments", map[string]any{"organizationId": at, "role": role, "startedOn": from})
}

func (s *scene) courseOf(title string, more map[string]any) string {
	s.t.Helper()
	body := map[string]any{"title": title, "category": "standards", "classHours": 4, "mode": "classroom", "countsTowardInService": true}
	for k, v := range more {
		body[k] = v
	}
	return s.id("POST /courses", body)
}

type share struct {
	Code                   string
	Numerator, Denominator int64
	Percent                string
	Met                    *bool
}

type coverage struct {
	Standards []share
	All       share
}

func (s *scene) coverage(org, standards, asOf string) (c coverage) {
	s.t.Helper()
	if err := json.Unmarshal(s.must("GET /statistics/coverage?organizationId="+org+"&standards="+url.QueryEscape(standards)+"&asOf="+asOf, nil), &c); err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s *scene) named(path string) (out []string) {
	s.t.Helper()
	var list struct {
		Items []struct{ Name string }
		Total int
	}
	if err := json.Unmarshal(s.must("GET "+path, nil), &list); err != nil || list.Total != len(list.Items) {
		s.t.Fatalf("%s: %+v %v", path, list, err)
	}
	for _, i := range list.Items {
		out = append(out, i.Name)
	}
	slices.Sort(out)
	return out
}

// The contract's coverage, from a class that was held to the people who lack
// it, through a revocation, a merge and its undoing.
func TestCoverageThroughTheProgram(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		safety := s.courseOf("安全基本规范贯标", map[string]any{"standardCodes": []string{"GB 38600—2019", "DB31/T 685—2019"}})
		dementia := s.courseOf("认知障碍照护单元贯标", map[string]any{"standardCodes": []string{"DB31T1402—2023"}})
		wang, li, zhao := s.person("王护理", nil), s.person("李护理", nil), s.person("赵护理", nil)
		s.post(wang, s.home, "caregiver", "2024-01-01")
		s.post(li, s.home, "careStaff", "2024-01-01")
		s.post(zhao, s.other, "caregiver", "2024-01-01")
		s.trained(safety, "", "2025-08-04", wang, li, zhao)
		certificates := s.trained(dementia, "", "2025-08-11", wang, zhao)
		three := "GB 38600—2019,DB31/T 685—2019,DB31/T 1402—2023"
		c := s.coverage(s.bureau, three, "2025-08-31")
		if len(c.Standards) != 3 || c.Standards[2].Code != "DB31/T 1402—2023" || c.Standards[0].Percent != "100.00" || !*c.Standards[0].Met || c.Standards[2].Percent != "66.66" || *c.Standards[2].Met || c.All.Percent != "66.66" || *c.All.Met {
			t.Errorf("%+v", c)
		}
		if d := s.coverage(s.bureau, "", "2025-08-31"); len(d.Standards) != 3 || d.All != (share{"", 2, 3, "66.66", d.All.Met}) {
			t.Errorf("what 青浦 asks for: %+v", d)
		}
		if got := s.named("/statistics/coverage/people?organizationId=" + s.home + "&state=missing&asOf=2025-08-31"); !slices.Equal(got, []string{"李护理"}) {
			t.Errorf("missing: %v", got)
		}
		if d := s.coverage(s.home, three, "2025-08-10"); d.Standards[2].Numerator != 0 || d.Standards[0].Numerator != 2 {
			t.Errorf("the day before the second class: %+v", d)
		}
		snap := s.id("POST /statistics/snapshots", map[string]any{"indicator": "coverage", "organizationId": s.bureau, "asOf": "2025-08-31", "standards": three})

		s.must("POST /certificates/"+certificates[zhao]+"/revocation", map[string]any{"reason": "考勤不实"})
		if d := s.coverage(s.bureau, three, "2025-09-01"); d.Standards[2].Numerator != 1 {
			t.Errorf("revoked: %+v", d)
		}
		if d := s.coverage(s.bureau, three, "2025-08-31"); d.Standards[2].Numerator != 2 {
			t.Errorf("before the revocation: %+v", d)
		}

		twin := s.person("李护理二", nil)
		s.trained(dementia, "", "2025-08-25", twin)
		if d := s.coverage(s.home, three, "2025-09-01"); d.All.Numerator != 1 {
			t.Errorf("of the twin, who has no post: %+v", d)
		}
		s.must("POST /people/"+li+"/merges", map[string]any{"otherId": twin, "reason": "同一人两份档案"})
		if d := s.coverage(s.home, three, "2025-09-01"); d.All.Numerator != 2 || !*d.All.Met {
			t.Errorf("merged: %+v", d)
		}
		s.sound("merged")
		s.must("POST /people/"+li+"/merges/"+twin+"/undo", map[string]any{"reason": "确是两人"})
		if d := s.coverage(s.home, three, "2025-09-01"); d.All.Numerator != 1 {
			t.Errorf("parted: %+v", d)
		}
		if raw := string(s.must("POST /statistics/snapshots/"+snap+"/recomputation", map[string]any{})); !strings.Contains(raw, `"same":true`) {
			t.Errorf("recomputed: %s", raw)
		}
		s.sound("parted")
		for what, code := range map[string]string{
			"GET /statistics/coverage/people?state=missing":                                   "input.invalid",
			"GET /statistics/heads/people?organizationId=" + s.home:                           "input.invalid",
			"GET /statistics/coverage/people?organizationId=" + s.home + "&cursor=forged":     "input.invalid",
			"GET /statistics/coverage/institutions?organizationId=" + s.bureau + "&cursor=-1": "input.invalid",
		} {
			s.refused(what, nil, 422, code)
		}
	})
}

func TestProgrammesThroughTheProgram(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		target := map[string]any{"name": "年内培训", "organizationId": s.bureau, "startsOn": "2025-01-01", "endsOn": "2025-12-31", "target": 4}
		programme := s.id("POST /programmes", target)
		var read struct {
			State    string
			Target   int
			Progress struct {
				Heads, Attendances, Gap int
				Percent                 string
				Met                     bool
			}
		}
		wang, li := s.person("王护理", nil), s.person("李主任", nil)
		s.post(wang, s.home, "caregiver", "2024-01-01")
		s.post(li, s.home, "manager", "2024-01-01")
		carer := s.person("张家属", map[string]any{"kinds": []string{"familyCarer"}})
		s.trained(s.course, programme, "2025-08-04", wang, li, carer)
		s.trained(s.course, programme, "2025-08-11", wang)
		if err := json.Unmarshal(s.must("GET /programmes/"+programme, nil), &read); err != nil || read.State != "running" || read.Progress.Heads != 3 || read.Progress.Attendances != 4 || read.Progress.Percent != "75.00" || read.Progress.Met || read.Progress.Gap != 1 {
			t.Errorf("%+v %v", read, err)
		}
		if raw := string(s.must("GET /statistics/heads?programmeId="+programme, nil)); !strings.Contains(raw, `"heads":3`) || !strings.Contains(raw, `"attendances":4`) || !strings.Contains(raw, `"met":false`) || !strings.Contains(raw, `"percent":"75.00"`) || !strings.Contains(raw, `"gap":1`) {
			t.Error(raw)
		}
		if got := s.named("/statistics/heads/people?state=met&programmeId=" + programme); !slices.Equal(got, []string{"张家属", "李主任", "王护理"}) {
			t.Errorf("counted: %v", got)
		}
		if got := s.named("/statistics/heads/people?state=missing&programmeId=" + programme); len(got) != 0 {
			t.Errorf("missing: %v", got)
		}
		s.refused("POST /programmes", map[string]any{"name": "甲", "organizationId": s.bureau, "startsOn": "2025-02-01", "endsOn": "2025-01-01"}, 422, "programmes.dates_reversed")
		s.refused("POST /programmes", map[string]any{"name": "甲", "organizationId": kernel.NewID(), "startsOn": "2025-01-01", "endsOn": "2025-02-01"}, 404, "programmes.organization_unknown")
		s.refused("POST /classes", map[string]any{"courseId": s.course, "programmeId": kernel.NewID(), "providerId": s.school, "organiserTier": "institution", "startsOn": "2025-08-04", "endsOn": "2025-08-04", "capacity": 5}, 404, "programmes.unknown")
		s.must("PATCH /programmes/"+programme, map[string]any{"target": 3, "startDueOn": "2025-04-30"})
		if raw := string(s.must("GET /programmes/"+programme, nil)); !strings.Contains(raw, `"overdue":true`) || !strings.Contains(raw, `"met":true`) {
			t.Error(raw)
		}
		s.must("PATCH /programmes/"+programme, map[string]any{"startedOn": "2025-05-08"})
		s.must("PATCH /programmes/"+programme, map[string]any{"startDueOn": "", "target": 0})
		if raw := string(s.must("GET /programmes/"+programme, nil)); !strings.Contains(raw, `"startDueOn":null`) || !strings.Contains(raw, `"target":null`) {
			t.Errorf("taken away: %s", raw)
		}
		s.refused("PATCH /programmes/"+programme, map[string]any{"startedOn": "2025-02-30"}, 422, "input.invalid")
		s.refused("PATCH /programmes/"+programme, map[string]any{"startedOn": "2025-12-01"}, 422, "programmes.begun_in_future")
		if raw := string(s.must("GET /programmes?state=running&organizationId="+s.home, nil)); !strings.Contains(raw, `"overdue":false`) || !strings.Contains(raw, programme) {
			t.Errorf("as the home beneath sees it: %s", raw)
		}

		// A home sees the programmes above it, and no others'.
		far := s.id("POST /organizations", map[string]any{"kind": "districtBureau", "name": "长宁区民政局", "divisionCode": "310105"})
		theirs := s.id("POST /programmes", map[string]any{"name": "达标计划", "organizationId": far, "startsOn": "2025-01-01", "endsOn": "2025-12-31"})
		s.must("POST /users", map[string]any{"username": "home", "displayName": "院长", "password": "a password of the tests", "grants": []any{map[string]any{"role": "institution", "organizationId": s.home}}})
		home := s.signIn("home", "a password of the tests")
		for what, want := range map[string]int{
			"GET /programmes/" + programme: 200, "GET /programmes/" + theirs: 404, "PATCH /programmes/" + programme: 403,
			"GET /statistics/heads?programmeId=" + programme: 200, "GET /statistics/heads?programmeId=" + theirs: 404,
			"GET /statistics/heads/people?programmeId=" + programme: 404, "GET /statistics/heads/people?state=met&organizationId=" + s.home + "&programmeId=" + programme: 200,
			"GET /statistics/heads/institutions?programmeId=" + programme: 200, "GET /programmes?organizationId=" + s.other: 404,
		} {
			var body any
			if strings.HasPrefix(what, "PATCH") {
				body = map[string]any{"name": "x"}
			}
			if got, raw, _ := s.call(home, what, body); got != want {
				t.Errorf("%s as the home: %d %s", what, got, raw)
			}
		}
		if _, raw, _ := s.call(home, "GET /programmes", nil); !strings.Contains(string(raw), programme) || strings.Contains(string(raw), theirs) || !strings.Contains(string(raw), `"total":1`) {
			t.Errorf("the home's programmes: %s", raw)
		}
		s.sound("after all")
	})
}

func TestSocialWorkersThroughTheProgram(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		s.must("PATCH /organizations/"+s.home, map[string]any{"approvedBeds": 300})
		social := s.courseOf("老年社会工作专业培训", map[string]any{"category": "other", "audience": "socialWorker"})
		wang, li := s.person("王社工", nil), s.person("李社工", nil)
		s.post(wang, s.home, "socialWorker", "2024-01-01")
		s.post(li, s.home, "socialWorker", "2024-01-01")
		s.trained(social, "", "2025-08-04", wang)
		var list struct {
			Items []struct {
				OrganizationID string
				Required       *int
				Trained        int
				Met            *bool
				Flags          []string
			}
		}
		if err := json.Unmarshal(s.must("GET /statistics/social-workers?organizationId="+s.bureau+"&asOf=2025-08-31", nil), &list); err != nil || len(list.Items) != 2 {
			t.Fatalf("%+v %v", list, err)
		}
		short, unknown := list.Items[0], list.Items[1]
		if short.OrganizationID != s.home || *short.Required != 2 || short.Trained != 1 || *short.Met || !slices.Equal(short.Flags, []string{"bothClauses", "untrained"}) {
			t.Errorf("at exactly 300 beds: %+v", short)
		}
		if unknown.Required != nil || unknown.Met != nil || !slices.Equal(unknown.Flags, []string{"bedsUnknown"}) {
			t.Errorf("without beds: %+v", unknown)
		}
		if got := s.named("/statistics/social-workers/people?state=missing&organizationId=" + s.bureau); !slices.Equal(got, []string{"李社工"}) {
			t.Errorf("untrained: %v", got)
		}
		status, raw, header := s.call(s.token, "GET /statistics/social-workers/people/export.xlsx?state=missing&organizationId="+s.bureau+"&reason="+url.QueryEscape("核对社工配备"), nil)
		if status != 200 || len(raw) < 1000 || !strings.Contains(header.Get("Content-Type"), "sheet") {
			t.Errorf("workbook: %d %d bytes", status, len(raw))
		}
		s.sound("after all")
	})
}
