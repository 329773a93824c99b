package app_test

import (
	"testing"
	"time"
)

// TestTheLogbookOverHTTP: practice on the job counts once two people said so,
// in minutes told apart by mode, and what is corrected later is reversed.
func TestTheLogbookOverHTTP(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		school := s.user("school", "school", s.school)
		wang := s.person("王秀兰", nil)
		s.employ(wang, s.home, "2024-03-01", "")
		phone := s.caregiver("wang", wang)
		class, room := s.class("2025-09-01")
		s.enrol(class, wang)
		job := s.id("POST /classes/"+class+"/sessions", map[string]any{
			"startsAt": "2025-09-01T13:00:00+08:00", "endsAt": "2025-09-01T17:00:00+08:00", "minutes": 180, "venue": "二楼", "teacher": "沈护士长", "mode": "onTheJob",
		})
		entry := func(from, to string, more ...string) map[string]any {
			body := map[string]any{"personId": wang, "from": "2025-09-01T" + from + ":00+08:00", "to": "2025-09-01T" + to + ":00+08:00", "topic": map[string]any{"text": "翻身拍背"}}
			for _, id := range more {
				body["replaces"] = id
			}
			return body
		}
		s.says(school, "POST /sessions/"+job+"/logbook", entry("13:00", "14:00"), 409, "training.no_mentor")
		s.says(school, "PUT /sessions/"+job+"/mentor", map[string]any{"name": "沈护士长", "personId": "nobody"}, 404, "training.person_unknown")
		s.says(school, "PUT /sessions/"+room+"/mentor", map[string]any{"name": "沈护士长"}, 409, "training.not_on_the_job")
		s.says(school, "PUT /sessions/"+job+"/mentor", map[string]any{"name": "沈护士长"}, 200, `"mentor":{"name":"沈护士长"}`)
		s.says(school, "POST /sessions/"+job+"/logbook", entry("13:00", "14:00"), 422, "training.entry_ahead", "body.to")
		s.pass(9 * time.Hour)
		var first, own, right struct{ ID string }
		s.as(school, "POST /sessions/"+job+"/logbook", entry("13:00", "14:00"), &first)
		s.says(school, "POST /sessions/"+job+"/logbook", entry("13:59", "14:30"), 409, "training.entry_overlaps")
		s.says(school, "POST /logbook/"+first.ID+"/confirmation", nil, 403, "training.entry_own")
		s.says(s.token, "POST /logbook/"+first.ID+"/confirmation", nil, 403, "training.entry_other_side")
		s.says(phone, "GET /people/"+wang+"/logbook", nil, 200, `"mayAnswer":true`, `"standing":"written"`, `"training.entry_written"`)
		s.says(phone, "POST /logbook/"+first.ID+"/confirmation", nil, 200, `"standing":"confirmed"`)
		byStandard := entry("15:00", "15:30")
		byStandard["topic"] = map[string]any{"standard": "GB 38600—2019", "text": "搬运前检查"}
		s.as(phone, "POST /sessions/"+job+"/logbook", byStandard, &own)
		s.says(phone, "GET /people/"+wang+"/logbook", nil, 200, `"topic":{"standard":"GB 38600—2019","text":"搬运前检查"}`)
		byStandard["topic"] = map[string]any{"standard": "GB 1—1900"}
		s.says(school, "POST /sessions/"+job+"/logbook", byStandard, 422, "training.entry_topic")
		s.says(school, "POST /logbook/"+own.ID+"/contest", map[string]any{"reason": "当时不在"}, 200, `"standing":"contested"`, "training.entry_contested")
		s.close(job)
		s.says(phone, "GET /people/"+wang+"/hours?year=2025", nil, 200, `"byMode":{"classroom":0,"remote":0,"onTheJob":60,"unstated":0}`, `"source":"logbook"`)
		s.as(school, "POST /sessions/"+job+"/logbook", entry("13:00", "13:45", first.ID), &right)
		s.says(phone, "GET /people/"+wang+"/hours?year=2025", nil, 200, `"creditedMinutes":0`)
		s.says(phone, "POST /logbook/"+right.ID+"/confirmation", nil, 200, `"replaces":"`+first.ID+`"`)
		s.says(phone, "GET /people/"+wang+"/hours?year=2025", nil, 200, `"creditedMinutes":45`)
		s.says(school, "GET /sessions/"+job+"/logbook", nil, 200, `"standing":"replaced"`, `"replacedBy":"`+right.ID+`"`)
		s.says(phone, "GET /people/"+wang+"/personal-data", nil, 200, `"logbook":[{`, `"standing":"replaced"`, `"standing":"contested"`, `"learning":[]`)
		if n, err := s.Rebuild(t.Context()); n != 0 || err != nil {
			t.Errorf("a rebuild differs by %d, %v", n, err)
		}
	})
}
