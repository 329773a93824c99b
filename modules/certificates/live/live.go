// Package live is the part of a QR text that the holder's phone renews: it says
// when the code was made and that this house made it. The signed facts stand
// behind it as ever, so that a live code verifies with no network too; whether
// it is still live is told online. Pure.
package live

import (
	"crypto/hmac"
	"encoding/base32"
	"encoding/binary"
	"math"
	"time"

	v1 "carecert/modules/certificates/format/v1"
)

// A part is the second it was made and 88 bits that only this house can make.
const (
	stampBytes = 4
	markBytes  = 11
)

// Codes makes parts and knows its own. MAC is keyed by the house's secret.
type Codes struct {
	MAC func(purpose string, data []byte) []byte
}

const purpose = "certificates.live"

var letters = base32.NewEncoding(v1.CodeLetters).WithPadding(base32.NoPadding)

// Make gives the live part of a public code at an instant, to the second:
// v1.LiveLength letters. The same second gives the same part.
func (c Codes) Make(code string, at time.Time) string {
	raw := make([]byte, stampBytes, stampBytes+markBytes)
	binary.BigEndian.PutUint32(raw, uint32(max(0, min(math.MaxUint32, at.Unix())))) //nolint:gosec // bounded
	return letters.EncodeToString(append(raw, c.mark(code, raw)...))
}

// MadeAt tells when a part of this code was made; false for what this house
// never made for it.
func (c Codes) MadeAt(code, part string) (time.Time, bool) {
	raw, err := letters.DecodeString(part)
	if err != nil || len(raw) != stampBytes+markBytes || !hmac.Equal(raw[stampBytes:], c.mark(code, raw[:stampBytes])) {
		return time.Time{}, false
	}
	return time.Unix(int64(binary.BigEndian.Uint32(raw)), 0).UTC(), true
}

func (c Codes) mark(code string, stamp []byte) []byte {
	return c.MAC(purpose, append([]byte(code+"\n"), stamp...))[:markBytes]
}
