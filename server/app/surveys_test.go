package app_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/v2/bson"

	"carecert/modules/kernel"
)

// attended lets people sit through a class of one session, and completes it.
func (s *scene) attended(people ...string) (class string) {
	s.t.Helper()
	class, session := s.class("2025-08-28")
	s.enrol(class, people...)
	for _, p := range people {
		s.present(session, p, "2025-08-28", "12:00")
	}
	s.close(session)
	s.must("POST /classes/"+class+"/complete", map[string]any{})
	return class
}

// Learners say what they thought of a class, each once; nothing is told before
// the end, nor of too few, and nothing kept says who said what.
func TestASurveyIsAnonymous(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		school, stranger := s.user("school", "school", s.school), s.user("stranger", "institution", s.other)
		bureau := s.user("bureau", "districtBureau", s.bureau)
		var people, phones []string
		for i, name := range []string{"王秀兰", "李桂芳", "张建国", "赵敏", "孙玉梅", "周红"} {
			p := s.person(name, nil)
			people, phones = append(people, p), append(phones, s.caregiver(fmt.Sprintf("learner%d", i), p))
		}
		few := s.attended(people[:4]...)
		s.says(school, "GET /surveys/"+few, nil, 404, "surveys.unknown") // four are not asked: it could never be told
		class := s.attended(people...)
		path := "/own-surveys/" + class
		s.says(phones[0], "GET /own-surveys", nil, 200, class, `"open":true`, `"answered":false`, `"total":1`)
		s.says(phones[0], "GET /notifications", nil, 200, "surveyOpen", "/surveys/"+class)
		s.says(phones[0], "GET "+path, nil, 200, `"id":"overall"`, `"answersLeast":5`, "很满意")
		outsider := s.caregiver("outsider", s.person("钱外人", nil))
		s.says(outsider, "GET "+path, nil, 404, "surveys.unknown")
		s.says(outsider, "PUT "+path+"/answers", map[string]any{"answers": map[string]string{}}, 404, "surveys.unknown")
		s.says(phones[0], "PUT "+path+"/answers", map[string]any{"answers": map[string]string{"overall": "6"}}, 422, "没有这个选项", "请选择一项", "body.answers.teacher")

		answers := func(overall int, remark string) map[string]any {
			return map[string]any{"answers": map[string]string{
				"overall": fmt.Sprint(overall), "content": "4", "teacher": "5", "practice": "3", "organisation": "4", "held": "heldAsPlanned", "remark": remark,
			}}
		}
		// Eight times at once counts once.
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				if status, raw, _ := s.call(phones[0], "PUT "+path+"/answers", answers(5, "王秀兰说：老师很好")); status != 200 {
					t.Errorf("%d %s", status, raw)
				}
			})
		}
		all.Wait()
		for i := 1; i < 4; i++ {
			s.as(phones[i], "PUT "+path+"/answers", answers(4, ""), nil)
		}
		open := func(token string) (out struct {
			Stage, Mean string
			Response    struct{ Numerator, Denominator int64 }
			Questions   []struct {
				ID, Mean string
				Counts   []struct {
					Value string
					Count int64
				}
			}
		},
		) {
			t.Helper()
			s.as(token, "GET /surveys/"+class, nil, &out)
			return out
		}
		s.says(school, "GET /classes/"+class+"/training-file", nil, 200, `"survey":{"text":"已答4人，应答6人，2025-09-`, `"answered":4`)
		if r := open(school); r.Stage != "open" || r.Mean != "" || len(r.Questions[0].Counts) != 0 || r.Response.Numerator != 4 || r.Response.Denominator != 6 {
			t.Errorf("told while it is open: %+v", r)
		}
		s.says(stranger, "GET /surveys/"+class, nil, 404, "surveys.unknown")
		s.says(school, "GET /surveys/"+class+"/remarks", nil, 200, `"items":[]`)
		s.as(phones[4], "PUT "+path+"/answers", answers(4, ""), nil)

		s.pass(14 * 24 * time.Hour)
		s.says(phones[5], "PUT "+path+"/answers", answers(1, ""), 409, "surveys.closed")
		r := open(bureau)
		if r.Stage != "closed" || r.Mean != "4.20" || r.Response.Numerator != 5 || len(r.Questions) != 6 {
			t.Errorf("%+v", r)
		}
		var sum int64
		for _, q := range r.Questions {
			sum = 0
			for _, c := range q.Counts {
				sum += c.Count
			}
			if sum != 5 {
				t.Errorf("%s counts %d of 5", q.ID, sum)
			}
		}
		s.says(school, "GET /surveys/"+class+"/remarks", nil, 200, "老师很好", `"total":1`)
		s.says(school, "GET /surveys?organizationId="+s.school, nil, 200, `"mean":"4.20"`, `"percent":"83.33"`)
		s.says(stranger, "GET /surveys", nil, 200, `"items":[]`)
		if rows := s.rows(bureau, "/surveys/export.xlsx?reason=%E5%AD%98%E6%A1%A3"); len(rows) != 3 || !strings.Contains(fmt.Sprint(rows), "4.20") {
			t.Errorf("%v", rows)
		}
		s.says(stranger, "GET /surveys?organizationId="+s.school, nil, 404, "surveys.unknown_organization")

		for range 2 { // again adds nothing
			if err := s.Surveys.Service.Settle(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		for _, by := range []string{"provider", "teacher", "course"} {
			s.says(bureau, "GET /surveys/totals?year=2025&by="+by, nil, 200, `"surveys":1`, `"mean":"4.20"`, `"numerator":5`, `"total":1`)
		}
		s.says(bureau, "GET /surveys/totals?year=2024", nil, 200, `"items":[]`)
		s.says(school, "GET /classes/"+class+"/training-file", nil, 200, "总体评价4.20分", `"meanHundredths":420`, "/surveys/"+class)
		s.says(school, "GET /classes/"+few+"/training-file", nil, 200, `"learners":[`)

		// What was written by hand is worked out anew from the answers.
		before := string(s.must("GET /surveys/totals?year=2025&by=provider", nil))
		for _, want := range []int{3, 0} {
			if want > 0 {
				if err := s.spoilTotals(); err != nil {
					t.Fatal(err)
				}
			}
			if n, err := s.Surveys.Service.Rebuild(t.Context()); n != want || err != nil {
				t.Errorf("%d differences, want %d: %v", n, want, err)
			}
			if got := string(s.must("GET /surveys/totals?year=2025&by=provider", nil)); got != before {
				t.Errorf("%s, want %s", got, before)
			}
		}

		// What is kept of who answered says nothing of what.
		s.says(phones[0], "GET /people/"+people[0]+"/personal-data", nil, 200, `"surveys":[{`, `"answered":true`)
		raw := string(s.must("GET /audit?noun=survey", nil))
		if strings.Contains(raw, people[0]) || strings.Contains(raw, class) && strings.Contains(raw, `"verb":"answer"`) {
			t.Errorf("the operation log tells of it: %s", raw)
		}
		err := s.DB.ScanRaw(t.Context(), "surveys_asked", func(_ string, body []byte) error {
			if strings.Contains(string(body), "老师很好") || strings.Contains(string(body), "heldAsPlanned") {
				t.Error("what somebody answered stands beside who they are")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []string{"surveys_counts", "surveys_remarks"} {
			err := s.DB.ScanRaw(t.Context(), c, func(id string, body []byte) error {
				for _, p := range people {
					if strings.Contains(id+string(body), p) {
						t.Errorf("%s names a person", c)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
}

// Who did not answer is told once more before the end, and a closed survey of
// too few is not told.
func TestASurveyOfTooFew(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		school := s.user("school", "school", s.school)
		var people []string
		for _, name := range []string{"王秀兰", "李桂芳", "张建国", "赵敏", "孙玉梅"} {
			people = append(people, s.person(name, nil))
		}
		first := s.caregiver("first", people[0])
		class := s.attended(people...)
		reminded := func() int {
			t.Helper()
			if err := s.Remind(t.Context()); err != nil {
				t.Fatal(err)
			}
			_, raw, _ := s.call(first, "GET /notifications", nil)
			return strings.Count(string(raw), "/surveys/"+class)
		}
		if n := reminded(); n != 1 {
			t.Errorf("told %d times at first", n)
		}
		s.pass(11*24*time.Hour + time.Hour)
		reminded()
		if n := reminded(); n != 2 {
			t.Errorf("told %d times near the end", n)
		}
		s.as(first, "PUT /own-surveys/"+class+"/answers", map[string]any{"answers": map[string]string{
			"overall": "1", "content": "1", "teacher": "1", "practice": "1", "organisation": "1", "held": "notHeld",
		}}, nil)
		s.pass(4 * 24 * time.Hour)
		var told struct {
			Stage, Mean string
			Questions   []struct{ Counts []any }
		}
		s.as(school, "GET /surveys/"+class, nil, &told)
		if told.Stage != "few" || told.Mean != "" || len(told.Questions[0].Counts) != 0 {
			t.Errorf("%+v", told)
		}
		if err := s.Surveys.Service.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.says(school, "GET /surveys/totals?year=2025", nil, 200, `"items":[]`)
	})
}

// One person under two records is asked once, and gets their question back
// when the merge is undone.
func TestASurveyFollowsMerges(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		var people []kernel.PersonID
		for _, name := range []string{"王秀兰", "王秀兰", "张建国", "赵敏", "孙玉梅"} {
			people = append(people, kernel.PersonID(s.person(name, nil)))
		}
		var ids []string
		for _, p := range people {
			ids = append(ids, string(p))
		}
		phone := s.caregiver("kept", ids[0])
		class := s.attended(ids[1:]...)
		if _, raw, _ := s.call(phone, "GET /own-surveys", nil); strings.Contains(string(raw), class) {
			t.Error("asked of a class of somebody else")
		}
		s.attended(append(ids[1:], s.person("钱红", nil))...)
		ctx := t.Context()
		asked := func() (n int) {
			t.Helper()
			var mine struct{ Total int }
			_, raw, _ := s.call(phone, "GET /own-surveys", nil)
			if err := json.Unmarshal(raw, &mine); err != nil {
				t.Fatal(err)
			}
			return mine.Total
		}
		for range 2 {
			if err := s.Surveys.Service.FollowMerge(ctx, people[0], people[1]); err != nil {
				t.Fatal(err)
			}
		}
		if asked() != 1 {
			t.Errorf("asked %d times after the merge", asked())
		}
		for range 2 {
			if err := s.Surveys.Service.FollowUnmerge(ctx, people[0], people[1]); err != nil {
				t.Fatal(err)
			}
		}
		if asked() != 0 {
			t.Errorf("asked %d times after it was undone", asked())
		}
	})
}

// spoilTotals writes another count into every total, as somebody might by hand.
func (s *scene) spoilTotals() error {
	var spoilt [][]byte
	err := s.DB.ScanRaw(s.t.Context(), "surveys_totals", func(_ string, body []byte) error {
		var d bson.M
		if err := bson.Unmarshal(body, &d); err != nil {
			return err
		}
		d["answered"] = int64(99)
		raw, err := bson.Marshal(d)
		spoilt = append(spoilt, raw)
		return err
	})
	return errors.Join(err, s.DB.PutRaw(s.t.Context(), "surveys_totals", spoilt...))
}
