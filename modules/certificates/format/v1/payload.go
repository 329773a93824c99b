// Package v1 is the first format of the signed facts in a certificate's QR
// code: a version byte, the facts in canonical CBOR with small integer keys,
// a signature by the algorithm of the key that the facts name. Pure; formats stand side by side and are never changed
// once a certificate carries them (golden files in testdata).
//
//	text      = base "/V/" code "#" base32(raw)
//	raw       = 0x01 ‖ cbor(Facts) ‖ signature (64 bytes)
//	signature = Ed25519 or SM2 over "carecert/v1\n" ‖ BASE ‖ "\n" ‖ 0x01 ‖ cbor(Facts)
//
// The base URL is signed without being in the payload, so that a text that
// leads elsewhere does not verify. Base32 without padding keeps the whole text
// in the QR code's alphanumeric mode.
package v1

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/fxamacker/cbor/v2"

	"carecert/modules/certificates/signature"
	"carecert/modules/kernel"
)

// Version is the first byte of the raw payload.
const Version = 1

// Facts are what a certificate says, and nothing else.
type Facts struct {
	Key        uint32 `cbor:"1,keyasint"`
	Code       []byte `cbor:"2,keyasint"` // public code, 10 bytes
	Family     uint8  `cbor:"3,keyasint"`
	NameMasked string `cbor:"4,keyasint"`
	Issuer     string `cbor:"5,keyasint"`           // shortened to fit
	IssuedOn   uint16 `cbor:"6,keyasint"`           // days since 2020-01-01
	ExpiresOn  uint16 `cbor:"7,keyasint,omitempty"` // last valid day; 0 never
	Title      string `cbor:"8,keyasint,omitempty"` // shortened to fit
	Level      uint8  `cbor:"9,keyasint,omitempty"`
	Minutes    uint16 `cbor:"10,keyasint,omitempty"`
	Numbered   string `cbor:"11,keyasint,omitempty"` // a number that others' rules made
	Identity   uint32 `cbor:"12,keyasint"`           // 20 bits, see IdentityHash
	Status     uint32 `cbor:"13,keyasint"`           // place in the status lists
	Serial     uint32 `cbor:"14,keyasint,omitempty"` // of the issuer, and the
	Sequence   uint32 `cbor:"15,keyasint,omitempty"` // count of its year: see Number
}

// Number is the certificate's number: issuer, year and count, as in
// 0007-2026-00012, or the one that others' rules made.
func (f Facts) Number() string {
	if f.Numbered != "" {
		return f.Numbered
	}
	return Number(f.Serial, Date(f.IssuedOn).Year(), f.Sequence)
}

// Number writes the number of the sequence-th certificate that an issuer
// issued in a year.
func Number(serial uint32, year int, sequence uint32) string {
	return fmt.Sprintf("%04d-%d-%05d", serial, year, sequence)
}

// families by their number in the payload: a place never changes, new ones go
// to the end.
func families() []string {
	return []string{"", "trainingCompletion", "inServiceYear", "contestAward", "honour", "skillLevel", "qualification"}
}

// FamilyNumber is how a family stands in the payload; 0 for one that does not.
func FamilyNumber(family string) uint8 {
	return uint8(max(0, slices.Index(families(), family))) //nolint:gosec // small
}

// FamilyName reads a family's number; "" for one of a later program.
func (f Facts) FamilyName() string {
	if all := families(); int(f.Family) < len(all) {
		return all[f.Family]
	}
	return ""
}

// ErrForged: not a text that was signed so.
var ErrForged = errors.New("format/v1: altered, cut, or never signed")

// ErrShape: not a text of this format at all.
var ErrShape = errors.New("format/v1: another shape")

// CodeLetters is Crockford's alphabet: nothing in it is read for another.
const CodeLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

// CodeLength is 80 bits in letters of five.
const CodeLength = 16

var codes = base32.NewEncoding(CodeLetters).WithPadding(base32.NoPadding)

var payloads = base32.StdEncoding.WithPadding(base32.NoPadding)

// Code writes the public code: 10 bytes as 16 letters.
func Code(raw []byte) string { return codes.EncodeToString(raw) }

// epoch is day 0 of the dates.
const epoch kernel.Date = "2020-01-01"

// Days counts a date from the epoch; 0 for none. Dates before the epoch are
// day 1 at the earliest: nothing that this program issues is older.
func Days(d kernel.Date) uint16 {
	if d == "" || d == kernel.Forever {
		return 0
	}
	return uint16(max(1, min(65535, d.Sub(epoch)))) //nolint:gosec // bounded
}

// Date reads a count of days back; "" for 0.
func Date(days uint16) kernel.Date {
	if days == 0 {
		return ""
	}
	return epoch.AddDays(int(days))
}

// IdentityHash is 20 bits of a hash of the identity number under the public
// code: whoever holds the number can compare it offline (a wrong one passes
// one time in a million), and nobody can guess the number back from it.
func IdentityHash(code []byte, idNumber string) uint32 {
	m := hmac.New(sha256.New, code)
	m.Write([]byte(idNumber))
	return binary.BigEndian.Uint32(m.Sum(nil)) >> 12
}

// encoding is canonical CBOR, and a reader that takes nothing else.
type encoding struct {
	cbor.EncMode
	cbor.DecMode
}

//nolint:gochecknoglobals // constants that cost too much to make for each text
var canonical = sync.OnceValues(func() (encoding, error) {
	enc, err := cbor.CanonicalEncOptions().EncMode()
	if err != nil {
		return encoding{}, err
	}
	dec, err := cbor.DecOptions{
		DupMapKey: cbor.DupMapKeyEnforcedAPF, IndefLength: cbor.IndefLengthForbidden, TagsMd: cbor.TagsForbidden,
		ExtraReturnErrors: cbor.ExtraDecErrorUnknownField, MaxNestedLevels: 4, MaxMapPairs: 16,
	}.DecMode()
	return encoding{enc, dec}, err
})

func message(base string, body []byte) []byte {
	m := make([]byte, 0, len(base)+len(body)+16)
	m = append(m, "carecert/v1\n"...)
	m = append(m, upper(base)...)
	return append(append(m, '\n'), body...)
}

// Signer signs; a key in the program, or a key server.
type Signer interface {
	Sign(ctx context.Context, message []byte) ([]byte, error)
}

// Sign makes the text of the QR code. It is wholly in upper case, which keeps
// it small, unless the base has a path whose case may matter.
func Sign(ctx context.Context, s Signer, base string, f Facts) (string, error) {
	body, err := f.body()
	if err != nil {
		return "", err
	}
	sig, err := s.Sign(ctx, message(base, body))
	if err != nil {
		return "", fmt.Errorf("format/v1: sign: %w", err)
	}
	return f.text(base, body, sig), nil
}

// Blank is a text of the same size that nobody has signed: good for no check.
func Blank(base string, f Facts) (string, error) {
	body, err := f.body()
	return f.text(base, body, make([]byte, signature.Size)), err
}

func (f Facts) body() ([]byte, error) {
	format, err := canonical()
	if err != nil {
		return nil, err
	}
	facts, err := format.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("format/v1: %w", err)
	}
	return append([]byte{Version}, facts...), nil
}

func (f Facts) text(base string, body, sig []byte) string {
	return Canonical(base) + "/V/" + Code(f.Code) + "#" + payloads.EncodeToString(append(body, sig...))
}

// Canonical is the base as it stands in QR codes: in upper case when it is
// scheme and host only.
func Canonical(base string) string {
	_, rest, _ := strings.Cut(base, "://")
	if strings.Contains(rest, "/") {
		return base
	}
	return upper(base)
}

// upper and lower change the letters of ASCII and leave the rest: there are
// others that turn into them (ı into I, ſ into S) and yet name another host, and
// some that grow by it.
func upper(s string) string { return cased(s, 'a', 'z') }

func lower(s string) string { return cased(s, 'A', 'Z') }

func cased(s string, first, last byte) string {
	out := []byte(s)
	for i, c := range out {
		if first <= c && c <= last {
			out[i] = c ^ 0x20
		}
	}
	return string(out)
}

// LiveLength is how many letters the part has that a phone renews
// (certificates/live).
const LiveLength = 24

// WithLive is the text with such a part behind its public code. What is signed
// stays the same.
func WithLive(text, part string) string {
	return strings.Replace(text, "#", "/"+part+"#", 1)
}

// LivePart is that part of a text, if it has one; what it says is for who made
// it to judge.
func LivePart(text string) (part string, shown bool) {
	head, _, _ := strings.Cut(text, "#")
	slash := strings.LastIndexByte(head, '/')
	part = head[slash+1:]
	return part, slash >= 0 && len(part) == LiveLength && strings.Trim(part, CodeLetters) == ""
}

// Parsed is a text taken apart, its signature not yet checked.
type Parsed struct {
	Base, Code string
	Facts      Facts
	body, sig  []byte
}

// Parse takes a text apart. ErrShape for what is no such text at all, and
// ErrForged for what is one but not as Sign wrote it, to the letter. A browser
// may have put scheme and host in lower case: that is the same address.
func Parse(text string) (Parsed, error) {
	lowered := lower(text)
	at, hash := strings.Index(lowered, "/v/"), strings.IndexByte(text, '#')
	if at < 0 || hash < at || !(strings.HasPrefix(lowered, "http://") || strings.HasPrefix(lowered, "https://")) {
		return Parsed{}, ErrShape
	}
	p := Parsed{Base: text[:at], Code: text[at+3 : hash]}
	behind := "" // not signed
	if part, shown := LivePart(text); shown {
		behind, p.Code = "/"+part, strings.TrimSuffix(p.Code, "/"+part)
	}
	raw, err := payloads.DecodeString(text[hash+1:])
	if err != nil || len(raw) < 1+signature.Size+1 || raw[0] != Version {
		return p, ErrForged
	}
	format, err := canonical()
	if err != nil {
		return p, err
	}
	p.body, p.sig = raw[:len(raw)-signature.Size], raw[len(raw)-signature.Size:]
	if err := format.Unmarshal(p.body[1:], &p.Facts); err != nil {
		return p, ErrForged
	}
	again, err := format.Marshal(p.Facts)
	if err != nil || !bytes.Equal(again, p.body[1:]) {
		return p, ErrForged
	}
	// Written again it must be the same text: no other case, no spare bits.
	tail := "/V/" + Code(p.Facts.Code) + behind + "#" + payloads.EncodeToString(raw)
	base := Canonical(p.Base)
	small := lower(base)
	if text != base+tail && text != small+tail && text != small+"/v/"+tail[3:] {
		return p, ErrForged
	}
	return p, nil
}

// Verify checks the signature of a parsed text.
func (p Parsed) Verify(key signature.Public) error {
	if !key.Checks(message(p.Base, p.body), p.sig) {
		return ErrForged
	}
	return nil
}

// Limits of the texts in the payload, in bytes: with them every QR code stays
// at version 11 or under at level M.
const (
	nameLimit   = 16
	issuerLimit = 27
	titleLimit  = 24
)

// Fit shortens a text to at most n bytes, whole characters, with an ellipsis.
func Fit(s string, n int) string {
	if len(s) <= n {
		return s
	}
	const ellipsis = "…"
	cut := 0
	for i := range s {
		if i > n-len(ellipsis) {
			break
		}
		cut = i
	}
	return s[:cut] + ellipsis
}

// Fitted shortens what is too long for the QR code. The certificate and the
// public page have the whole.
func (f Facts) Fitted() Facts {
	f.NameMasked, f.Issuer, f.Title = Fit(f.NameMasked, nameLimit), Fit(f.Issuer, issuerLimit), Fit(f.Title, titleLimit)
	return f
}
