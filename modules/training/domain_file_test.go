package training

import (
	"testing"
	"time"

	"carecert/modules/kernel"
)

func TestEmployerOnADay(t *testing.T) {
	spell := func(o kernel.OrganizationID, from, to kernel.Date) kernel.Spell {
		return kernel.Spell{Organization: o, Period: kernel.Period{From: from, To: to}}
	}
	old := spell("corrected", "2025-01-01", kernel.Forever)
	old.SupersededAt = &time.Time{}
	career := []kernel.Spell{spell("first", "2024-01-01", "2025-03-31"), spell("second", "2025-04-01", kernel.Forever), spell("beside", "2025-06-01", kernel.Forever), old}
	for on, want := range map[kernel.Date]kernel.OrganizationID{
		"2023-12-31": "", "2024-01-01": "first", "2025-03-31": "first", "2025-04-01": "second", "2025-06-01": "beside",
	} {
		if got := employerOn(career, on); got != want {
			t.Errorf("%s: %s, want %s", on, got, want)
		}
	}
}

func TestSumsOfAFile(t *testing.T) {
	line := func(day kernel.Date, mode Mode, present kernel.Minutes, credited *kernel.Minutes, flaw *kernel.Reason) FileLine {
		return FileLine{Session: Session{Plan: Plan{StartsAt: day.Start(), Mode: mode}}, Present: present, Credited: credited, Flaw: flaw}
	}
	ninety := kernel.Minutes(90)
	got := Sums([]FileLine{
		line("2024-12-31", ModeClassroom, 60, nil, nil),
		line("2025-01-01", ModeClassroom, 120, &ninety, nil),
		line("2025-02-01", ModeClassroom, 90, &ninety, nil),
		line("2025-02-01", ModeRemote, 30, nil, nil),
		line("2025-02-02", ModeRemote, 0, &ninety, &kernel.Reason{}),
	})
	want := []FileSum{{2025, ModeClassroom, 2, 210, 180}, {2025, ModeRemote, 1, 30, 0}, {2024, ModeClassroom, 1, 60, 0}}
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("%+v, want %+v", got[i], want[i])
		}
	}
}
