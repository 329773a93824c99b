package training

import (
	"strconv"
	"time"

	ics "github.com/arran4/golang-ical"

	"carecert/modules/kernel"
)

// calendarWords are what a calendar says, in the reader's language.
type calendarWords struct{ Name, Teacher, Cancelled, Soon string }

// calendarOf writes sessions as RFC 5545 asks: instants in UTC, lines folded at
// 75 octets. A moved session keeps its UID and has a higher SEQUENCE; one that
// was called off stays, cancelled. remind adds an alarm so long before each.
func calendarOf(sessions []Session, words calendarWords, link func(Session) string, remind time.Duration) string {
	cal := ics.NewCalendarFor("CareCert")
	cal.SetMethod(ics.MethodPublish)
	cal.SetXWRCalName(words.Name)
	cal.SetXWRTimezone(kernel.Shanghai().String())
	cal.SetRefreshInterval("PT1H", ics.WithValue("DURATION"))
	cal.SetXPublishedTTL("PT1H")
	for _, x := range sessions {
		e := cal.AddEvent(string(x.ID) + "@carecert")
		changed := x.RecordedAt
		if n := len(x.Moves); n > 0 {
			changed = x.Moves[n-1].RecordedAt
		}
		e.SetDtStampTime(changed)
		e.SetModifiedAt(changed)
		e.SetSequence(len(x.Moves))
		e.SetStartAt(x.Plan.StartsAt)
		e.SetEndAt(x.Plan.EndsAt)
		e.SetLocation(x.Plan.Venue)
		e.SetURL(link(x))
		title, about := x.Title, words.Teacher+" "+x.Plan.Teacher
		e.SetStatus(ics.ObjectStatusConfirmed)
		if x.Status == SessionCancelled {
			e.SetStatus(ics.ObjectStatusCancelled)
			e.SetSequence(len(x.Moves) + 1)
			title, about = words.Cancelled+" "+title, about+"\n"+x.Reason
		}
		e.SetSummary(title)
		e.SetDescription(about)
		if p := x.Plan.Location; p != nil {
			e.SetGeo(p.Lat, p.Lng)
		}
		if remind > 0 && x.Status == SessionPlanned {
			alarm := e.AddAlarm()
			alarm.SetAction(ics.ActionDisplay)
			alarm.SetTrigger("-PT" + strconv.Itoa(int(remind/time.Minute)) + "M")
			alarm.SetDescription(words.Soon + " " + x.Title)
		}
	}
	return cal.Serialize(ics.WithNewLineWindows)
}
