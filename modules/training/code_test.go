package training

import (
	"errors"
	"testing"
	"time"
)

// The same text as the phone's test of its own reading (frontend/tests/checkin.test.ts).
func TestReadCode(t *testing.T) {
	const session, part = "0198f3a2-7c1b-7d4e-8a5f-1234567890ab", "AGMPHIT4DN6U5CS7CI2FM6EQVM"
	for _, c := range []struct{ text, session, code string }{
		{"HTTPS://EXAMPLE.CN/C/" + part + "ABCD2345", session, "ABCD2345"},
		{part + "ABCD2345", session, "ABCD2345"},
		{" abcd 2345 ", "", "ABCD2345"},
	} {
		if s, code, err := readCode(c.text); err != nil || string(s) != c.session || code != c.code {
			t.Errorf("%q: %s %s %v", c.text, s, code, err)
		}
	}
	for _, text := range []string{"", "https://example.com/menu", part[:25] + "1ABCD2345", part} {
		if _, _, err := readCode(text); !errors.Is(err, ErrCodeInvalid) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestStepOf(t *testing.T) {
	key, day := []byte("key"), time.Date(2025, 5, 10, 1, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name  string
		shown time.Time
		found bool
	}{
		{"in the first half minute", day.Add(time.Second), true},
		{"in the last", day.Add(time.Hour), true},
		{"a step too early", day.Add(-time.Second), false},
		{"a step too late", day.Add(time.Hour + CodeStep), false},
	} {
		start, end, found := stepOf(key, "s", codeAt(key, "s", step(c.shown)), day, day.Add(time.Hour))
		if found != c.found || (found && (c.shown.Before(start) || !c.shown.Before(end) || end.Sub(start) != CodeStep)) {
			t.Errorf("%s: %s to %s, %v", c.name, start, end, found)
		}
	}
	if _, _, found := stepOf(key, "other", codeAt(key, "s", step(day)), day, day.Add(time.Hour)); found {
		t.Error("another session's code is found")
	}
}

func BenchmarkStepOf(b *testing.B) {
	day := time.Date(2025, 5, 10, 1, 0, 0, 0, time.UTC)
	for b.Loop() {
		stepOf([]byte("key"), "s", "AAAAAAAA", day, day.Add(41*time.Hour))
	}
}
