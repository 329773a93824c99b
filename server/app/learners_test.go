package app_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"

	"carecert/modules/kernel"
)

// Family carers, volunteers and students learn without employment: heads in a
// class, and nobody's denominator.
func TestLearnersWithoutAPostAreInNoDenominator(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		if err := s.Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		staff := s.person("王护理", nil)
		s.employ(staff, s.home, "2024-01-01", "")
		figures := func() (out string) {
			for _, what := range []string{
				"GET /statistics/certification?asOf=2025-08-31&organizationId=" + s.bureau,
				"GET /statistics/in-service-hours?year=2025&organizationId=" + s.bureau, "GET /hours?year=2025&status=short&organizationId=" + s.bureau,
			} {
				out += string(s.must(what, nil)) + "\n"
			}
			return out
		}
		before := figures()
		var learners []string
		for i := range 30 {
			kind := []string{"familyCarer", "familyCarer", "volunteer", "student", "informalCarer"}[i%5]
			learners = append(learners, s.person(fmt.Sprintf("家属%c", '甲'+rune(i)), map[string]any{"kinds": []string{kind}}))
		}
		on := kernel.Date("2025-05-12")
		class, session := s.class(on)
		s.enrol(class, learners...)
		for _, p := range learners {
			s.present(session, p, on, "12:00")
		}
		s.close(session)
		s.must("POST /classes/"+class+"/complete", map[string]any{})
		if raw := string(s.must("GET /classes/"+class, nil)); !strings.Contains(raw, `"enrolled":30`) {
			t.Errorf("heads of the class: %s", raw)
		}
		if after := figures(); after != before {
			t.Errorf("figures of staff changed: %s", firstDifference(before, after))
		}
		home := s.user("home", "institution", s.home)
		if said := s.upload(home, "people", s.home, false, "姓名,身份证号,人员类别",
			"陈志愿,"+number(501)+",志愿者", "陈学生,"+number(502)+",学生", "陈家属,"+number(503)+",家庭照料者", "陈社工,"+number(504)+",社工"); len(said) != 0 {
			t.Fatalf("a roster of learners: %v", said)
		}
		if after := figures(); after != before {
			t.Errorf("figures of staff changed by a roster of learners: %s", firstDifference(before, after))
		}
		if raw := string(s.must("GET /people?kind=volunteer&q="+url.QueryEscape("陈"), nil)); !strings.Contains(raw, `"total":1`) {
			t.Errorf("volunteers: %s", raw)
		}
		if raw := string(s.must("GET /people/"+learners[0]+"/hours?year=2025", nil)); !strings.Contains(raw, `"creditedMinutes":180`) || !strings.Contains(raw, `"status":"notSubject"`) {
			t.Errorf("hours of a family carer: %s", raw)
		}
		s.sound("after the class")
	})
}
