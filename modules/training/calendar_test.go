package training

import (
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"carecert/modules/kernel"
)

// What RFC 5545 asks of a file: lines of at most 75 octets that end in CRLF,
// folded inside no character, with commas, semicolons and breaks escaped, and
// instants that no reader takes for their own zone.
func TestACalendarIsReadAnywhere(t *testing.T) {
	from := time.Date(2025, 5, 10, 9, 0, 0, 0, kernel.Shanghai())
	title := "认知障碍照护实务，含\\沟通; 技巧, " + strings.Repeat("很长的课程名称", 12) + "𬍛"
	plan := Plan{StartsAt: from, EndsAt: from.Add(90 * time.Minute), Minutes: 90, Venue: "青中分基地, 一楼; 教室", Teacher: "周老师"}
	moved := plan
	moved.StartsAt = from.AddDate(0, 0, 7)
	moved.EndsAt = moved.StartsAt.Add(time.Hour)
	sessions := []Session{
		{ID: "one", Class: "c", Title: title, Plan: plan, Status: SessionPlanned, RecordedAt: from.AddDate(0, 0, -9)},
		{ID: "two", Class: "c", Title: "消防", Plan: moved, Status: SessionCancelled, Reason: "教师生病\n另行通知", RecordedAt: from.AddDate(0, 0, -9), Moves: []Move{{RecordedAt: from.AddDate(0, 0, -2)}}},
	}
	words := calendarWords{Name: "我的培训", Teacher: "授课：", Cancelled: "【取消】", Soon: "提醒："}
	text := calendarOf(sessions, words, func(x Session) string { return "https://example.cn/classes/" + string(x.Class) }, 24*time.Hour)
	for _, line := range strings.SplitAfter(text, "\n") {
		switch {
		case line == "":
		case !strings.HasSuffix(line, "\r\n"):
			t.Errorf("does not end in CRLF: %q", line)
		case len(line) > 75+2:
			t.Errorf("%d octets: %q", len(line)-2, line)
		case !strings.HasPrefix(line, " ") && !strings.Contains(line, ":"):
			t.Errorf("neither a property nor folded: %q", line)
		}
		if line != strings.ToValidUTF8(line, "?") {
			t.Errorf("folded inside a character: %q", line)
		}
	}
	plain := strings.ReplaceAll(text, "\r\n ", "")
	for _, want := range []string{
		"DTSTART:20250510T010000Z", "DTEND:20250510T023000Z", `LOCATION:青中分基地\, 一楼\; 教室`, "UID:one@carecert",
		"STATUS:CANCELLED", "SEQUENCE:2", `DESCRIPTION:授课： 周老师\n教师生病\n另行通知`, "TRIGGER:-PT1440M", "DTSTAMP:20250508T010000Z", "X-WR-CALNAME:我的培训",
	} {
		if !strings.Contains(plain, want) {
			t.Errorf("lacks %s in\n%s", want, plain)
		}
	}
	if strings.Count(plain, "BEGIN:VALARM") != 1 {
		t.Error("an alarm sounds for a session that is cancelled")
	}
	read, err := ics.ParseCalendar(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	first := read.Events()[0]
	at, err := first.GetStartAt()
	if err != nil || !at.Equal(from) || first.GetProperty(ics.ComponentPropertySummary).Value != title {
		t.Errorf("read back: %s %v %q", at, err, first.GetProperty(ics.ComponentPropertySummary).Value)
	}
}
