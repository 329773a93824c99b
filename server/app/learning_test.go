package app_test

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"
)

type learningRun struct {
	RunID          string
	Phase          string
	CountedSeconds int
	Prompt         *struct {
		Text    string
		Choices []struct{ Key, Text string }
	}
}

// playing plays a video for some seconds, with an answer to every question or
// to none.
func (s *scene) playing(token, run string, from, length int, answers bool) (now learningRun) {
	s.t.Helper()
	answer := ""
	for at := 0; at <= length; at += 20 {
		body := map[string]any{"position": from + at, "playing": true}
		if answer != "" {
			body["answer"] = answer
		}
		s.as(token, "POST /learning/"+run+"/beats", body, &now)
		answer = ""
		if now.Prompt != nil && answers {
			for _, c := range now.Prompt.Choices {
				if bytes.Contains([]byte(now.Prompt.Text), []byte(c.Text)) {
					answer = c.Key
				}
			}
		}
		now.Prompt = nil
		s.pass(20 * time.Second)
	}
	if answer != "" { // the question came with the last sign
		s.as(token, "POST /learning/"+run+"/beats", map[string]any{"position": from + length, "playing": false, "answer": answer}, &now)
	}
	return now
}

// uploaded sends a video as the material of a session.
func (s *scene) uploaded(token, session, content string, fields map[string]string) (int, string) {
	s.t.Helper()
	f := newForm(s.t, "file.csv", []byte(content), fields)
	req := httptest.NewRequestWithContext(s.t.Context(), http.MethodPost, "/api/v1/sessions/"+session+"/material", &f.Buffer)
	req.Header.Set("Content-Type", f.kind)
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := s.Web.Fiber.Test(req, -1)
	if err != nil {
		s.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res.StatusCode, string(raw)
}

// TestLearningOnlineOverHTTP: a video with ranges, two devices, two learners of
// whom one does not answer, and minutes told apart by mode.
func TestLearningOnlineOverHTTP(t *testing.T) {
	eachEngine(t, func(t *testing.T, s *scene) {
		school := s.user("school", "school", s.school)
		wang, li := s.person("王秀兰", nil), s.person("李桂芳", nil)
		for _, p := range []string{wang, li} {
			s.employ(p, s.home, "2024-03-01", "")
		}
		phone, other := s.caregiver("wang", wang), s.caregiver("li", li)
		class, room := s.class("2025-09-01")
		s.enrol(class, wang, li)
		online := s.id("POST /classes/"+class+"/sessions", map[string]any{
			"startsAt": "2025-09-01T09:00:00+08:00", "endsAt": "2025-09-01T21:00:00+08:00", "minutes": 45, "venue": "", "teacher": "周老师", "mode": "remote",
		})
		s.says(phone, "POST /sessions/"+online+"/learning", nil, 404, "training.no_video")
		if status, body := s.uploaded(school, online, "<html>", map[string]string{"lengthSeconds": "2700"}); status != 415 {
			t.Errorf("a page as video: %d %s", status, body)
		}
		const video = "\x1A\x45\xDF\xA3\x01\x00\x00\x00\x00\x00\x00\x1F\x42\x86\x81\x01 the video"
		if status, body := s.uploaded(school, online, video, map[string]string{"lengthSeconds": "2699"}); status != 422 {
			t.Errorf("a second too short: %d %s", status, body)
		}
		if status, body := s.uploaded(school, online, video, map[string]string{"lengthSeconds": "2700", "title": "翻身与拍背"}); status != 201 {
			t.Fatalf("the video: %d %s", status, body)
		}
		s.says(phone, "GET /sessions/"+online, nil, 200, `"title":"翻身与拍背"`, `"href":"/api/v1/sessions/`+online+`/material/video"`)
		for _, c := range []struct {
			asked  string
			status int
			said   string
			of     string
		}{
			{"", 200, video, ""},
			{"bytes=0-3", 206, video[:4], "bytes 0-3/26"},
			{"bytes=17-", 206, "the video", "bytes 17-25/26"},
			{"bytes=-5", 206, "video", "bytes 21-25/26"},
			{"bytes=26-", 416, "", "bytes */26"},
			{"bytes=5-2", 416, "", "bytes */26"},
		} {
			req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/api/v1/sessions/"+online+"/material/video", nil)
			req.Header.Set("Authorization", "Bearer "+phone)
			if c.asked != "" {
				req.Header.Set("Range", c.asked)
			}
			res, err := s.Web.Fiber.Test(req, -1)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := io.ReadAll(res.Body)
			if err := res.Body.Close(); err != nil {
				t.Error(err)
			}
			if err != nil || res.StatusCode != c.status || (c.status < 300 && string(raw) != c.said) || res.Header.Get("Content-Range") != c.of {
				t.Errorf("range %q: %d %q of %q, %v", c.asked, res.StatusCode, raw, res.Header.Get("Content-Range"), err)
			}
		}

		var first, second learningRun
		s.as(phone, "POST /sessions/"+online+"/learning", nil, &first)
		s.playing(phone, first.RunID, 0, 120, true)
		s.as(phone, "POST /sessions/"+online+"/learning", nil, &second)
		s.says(phone, "POST /learning/"+first.RunID+"/beats", map[string]any{"position": 200, "playing": true}, 409, "training.learning_taken_over")
		began := time.Now() // the scene's clock runs on between two signs of life
		now := s.playing(phone, second.RunID, 120, 1680, true)
		if most := 1800 + int(time.Since(began).Seconds()) + 1; now.CountedSeconds < 1800 || now.CountedSeconds > most || now.Phase != "learning" {
			t.Errorf("half an hour: %+v", now)
		}
		s.as(other, "POST /sessions/"+online+"/learning", nil, &first)
		if now := s.playing(other, first.RunID, 0, 1200, false); now.CountedSeconds != 0 || now.Phase != "missed" {
			t.Errorf("who never answers: %+v", now)
		}
		s.says(school, "GET /sessions/"+online+"/learning/"+li, nil, 200, `"outcome":"missed"`, `"counts":false`, `"minutes":0`)
		s.says(phone, "GET /people/"+wang+"/personal-data", nil, 200, `"learning":[{`, `"stretches":[{`, `"outcome":"answered"`)
		s.says(other, "GET /sessions/"+online+"/learning/"+wang, nil, 404, "training.session_unknown")
		s.says(school, "GET /sessions/"+online+"/attendance", nil, 200, `"source":"learning"`)

		s.pass(13 * time.Hour)
		s.present(room, wang, "2025-09-01", "12:00")
		s.close(room)
		s.says(school, "POST /sessions/"+online+"/close", nil, 200, `"minutes":30`)
		// Where both were at one time the union counts: the class room came first, and was from nine to twelve.
		s.says(phone, "GET /people/"+wang+"/hours?year=2025", nil, 200, `"byMode":{"classroom":180,"remote":0,"onTheJob":0,"unstated":0}`, `"hours.overlap"`)
		s.must("PUT /sessions/"+room+"/attendance/"+wang, map[string]any{"checkedInAt": nil, "checkedOutAt": nil, "reason": "登记有误"})
		s.says(phone, "GET /people/"+wang+"/hours?year=2025", nil, 200, `"byMode":{"classroom":0,"remote":30,"onTheJob":0,"unstated":0}`, `"source":"learning"`, `"mode":"remote"`)
		s.says(other, "GET /people/"+li+"/hours?year=2025", nil, 200, `"creditedMinutes":0`)
		if n, err := s.Rebuild(t.Context()); n != 0 || err != nil {
			t.Errorf("a rebuild differs by %d, %v", n, err)
		}
	})
}
