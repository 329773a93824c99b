package training

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"hash"
	"strings"
	"time"

	"github.com/google/uuid"

	"carecert/modules/kernel"
)

// CodeStep is how long one check-in code stays on the projector. A code is
// taken in its own step and the next one, so it lives 60 s at most.
const CodeStep = 30 * time.Second

const (
	codeLength  = 8  // 40 bits of an HMAC
	codeRecall  = 20 // steps back in which an old code is still recognised as expired
	sessionPart = 26 // a session id of 16 bytes in base32
)

var letters = base32.StdEncoding.WithPadding(base32.NoPadding)

// Code is what the projector shows.
type Code struct {
	Code      string    // eight letters and digits, to type by hand
	QRText    string    // BASE/C/SESSION+CODE in upper case: QR version 4 or less
	RotatesAt time.Time // the next code comes
	ExpiresAt time.Time // this code is no longer taken
}

func step(at time.Time) int64 { return at.Unix() / int64(CodeStep/time.Second) }

func codeAt(key []byte, s kernel.SessionID, step int64) string {
	return codeBy(hmac.New(sha256.New, key), s, step)
}

func codeBy(mac hash.Hash, s kernel.SessionID, step int64) string {
	mac.Reset()
	mac.Write([]byte(s))
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(step))) //nolint:gosec // steps since 1970 are positive
	return letters.EncodeToString(mac.Sum(nil))[:codeLength]
}

// codeOn makes the code on the screen at that instant.
func codeOn(key []byte, base string, s kernel.SessionID, at time.Time) (Code, error) {
	id, err := uuid.Parse(string(s))
	if err != nil {
		return Code{}, ErrSessionUnknown.Because(err)
	}
	now := step(at)
	code := codeAt(key, s, now)
	end := func(n int64) time.Time { return time.Unix((n+1)*int64(CodeStep/time.Second), 0).UTC() }
	return Code{
		Code:      code,
		QRText:    strings.ToUpper(base + "/c/" + letters.EncodeToString(id[:]) + code),
		RotatesAt: end(now),
		ExpiresAt: end(now + 1),
	}, nil
}

// checkCode takes the code of this step and the one before.
func checkCode(key []byte, s kernel.SessionID, code string, at time.Time) error {
	now := step(at)
	for back := range int64(codeRecall) {
		if !hmac.Equal([]byte(codeAt(key, s, now-back)), []byte(code)) {
			continue
		}
		if back <= 1 {
			return nil
		}
		return ErrCodeExpired
	}
	return ErrCodeInvalid
}

// stepOf finds when in a span a code stood on the screen. The span is bounded by
// the session's day: some thousands of steps, a few milliseconds.
func stepOf(key []byte, s kernel.SessionID, code string, from, until time.Time) (start, end time.Time, found bool) {
	mac := hmac.New(sha256.New, key)
	for n := step(until); n >= step(from); n-- {
		if hmac.Equal([]byte(codeBy(mac, s, n)), []byte(code)) {
			at := func(n int64) time.Time { return time.Unix(n*int64(CodeStep/time.Second), 0).UTC() }
			return at(n), at(n + 1), true
		}
	}
	return start, end, false
}

// readCode reads what a camera or a thumb entered: the short code, the long
// one that names its session, or the whole text of the QR.
func readCode(text string) (s kernel.SessionID, code string, err error) {
	text = strings.ToUpper(strings.TrimSpace(text))
	text = text[strings.LastIndexByte(text, '/')+1:]
	text = strings.NewReplacer("-", "", " ", "").Replace(text)
	if len(text) == codeLength {
		return "", text, nil
	}
	if len(text) != sessionPart+codeLength {
		return "", "", ErrCodeInvalid
	}
	raw, err := letters.DecodeString(text[:sessionPart])
	if err != nil {
		return "", "", ErrCodeInvalid.Because(err)
	}
	id, err := uuid.FromBytes(raw)
	if err != nil {
		return "", "", ErrCodeInvalid.Because(err)
	}
	return kernel.SessionID(id.String()), text[sessionPart:], nil
}
