package live_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"testing"
	"time"

	"pgregory.net/rapid"

	v1 "carecert/modules/certificates/format/v1"
	"carecert/modules/certificates/live"
)

func codes(secret string) live.Codes {
	return live.Codes{MAC: func(purpose string, data []byte) []byte {
		m := hmac.New(sha256.New, []byte(secret+purpose))
		m.Write(data)
		return m.Sum(nil)
	}}
}

const code = "7QK4M2XW9DHCT3VN"

func TestAPartSaysWhenItWasMade(t *testing.T) {
	at := time.Date(2026, 3, 1, 9, 0, 7, 900e6, time.UTC)
	part := codes("ours").Make(code, at)
	made, ours := codes("ours").MadeAt(code, part)
	if !ours || !made.Equal(at.Truncate(time.Second)) || len(part) != v1.LiveLength {
		t.Errorf("%q of %d: %v %t", part, len(part), made, ours)
	}
	if _, ours := codes("theirs").MadeAt(code, part); ours {
		t.Error("another house's part passes")
	}
	if _, ours := codes("ours").MadeAt("0QK4M2XW9DHCT3VN", part); ours {
		t.Error("another certificate's part passes")
	}
}

func TestNoChangedPartIsOurs(t *testing.T) {
	ours := codes("ours")
	rapid.Check(t, func(t *rapid.T) {
		part := []byte(ours.Make(code, time.Unix(rapid.Int64Range(0, 1<<32-1).Draw(t, "at"), 0)))
		i := rapid.IntRange(0, len(part)-1).Draw(t, "place")
		part[i] = rapid.Byte().Filter(func(b byte) bool { return b != part[i] }).Draw(t, "letter")
		if _, passes := ours.MadeAt(code, string(part)); passes {
			t.Fatalf("%q passes", part)
		}
	})
}
