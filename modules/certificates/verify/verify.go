// Package verify judges a QR text against keys and, where there is one, a
// status list: the same code online, offline and on the command line. Pure.
package verify

import (
	"bytes"
	"compress/zlib"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	v1 "carecert/modules/certificates/format/v1"
	"carecert/modules/certificates/signature"
)

// Verdict is one of six honest words.
type Verdict string

// The verdicts (CONTRACT §3).
const (
	Genuine    Verdict = "genuine"
	Expired    Verdict = "expired"
	Superseded Verdict = "superseded"
	Revoked    Verdict = "revoked"
	Forged     Verdict = "forged"
	Unknown    Verdict = "unknown"
)

// ErrUndecided: it cannot be decided here (no keys, a key that is not among
// them, a status list past its time).
var ErrUndecided = errors.New("verify: cannot be decided")

// Key is a public key, as /public/keys gives it.
type Key struct {
	ID            uint32     `json:"kid"`
	KeyType       string     `json:"kty" doc:"OKP, or EC for SM2"`
	Curve         string     `json:"crv" doc:"Ed25519, or SM2: with SM3 and the signer's identity of GB/T 35276"`
	Use           string     `json:"use" doc:"sig"`
	Public        string     `json:"x" doc:"base64url, 32 bytes"`
	PublicY       string     `json:"y,omitempty" doc:"of SM2: base64url, 32 bytes"`
	ActiveFrom    time.Time  `json:"activeFrom"`
	RetiredAt     *time.Time `json:"retiredAt,omitempty" doc:"signs no new certificate; what it signed stays genuine"`
	CompromisedAt *time.Time `json:"compromisedAt,omitempty" doc:"what it signed from this day on is not genuine"`
}

// Keys is the body of /public/keys.
type Keys struct {
	Issuer string `json:"issuer" doc:"base URL of the QR codes"`
	Keys   []Key  `json:"keys"`
}

// ReadKeys reads the body of /public/keys.
func ReadKeys(raw []byte) (Keys, error) {
	var k Keys
	if err := json.Unmarshal(raw, &k); err != nil {
		return k, fmt.Errorf("verify: keys: %w", err)
	}
	return k, nil
}

// Publish writes a public key.
func Publish(id uint32, p signature.Public) Key {
	raw, enc := p.Bytes(), base64.RawURLEncoding
	k := Key{ID: id, KeyType: "OKP", Curve: string(p.Algorithm()), Use: "sig", Public: enc.EncodeToString(raw)}
	if p.Algorithm() == signature.SM2 {
		k.KeyType, k.Public, k.PublicY = "EC", enc.EncodeToString(raw[:len(raw)/2]), enc.EncodeToString(raw[len(raw)/2:])
	}
	return k
}

func (k Keys) find(id uint32) (Key, signature.Public, bool) {
	for _, key := range k.Keys {
		if key.ID == id {
			public, err := key.read()
			return key, public, err == nil
		}
	}
	return Key{}, signature.Public{}, false
}

// ListSize is how many certificates share a status list.
const ListSize = 100_000

// Statuses in a list, two bits each.
const (
	ListedValid      = 0
	ListedRevoked    = 1
	ListedSuperseded = 2
)

// StatusList is the body of /public/status-lists/{id}: two bits for each of
// ListSize certificates, compressed (about 2 kB at 1 % revoked), signed.
type StatusList struct {
	ID         uint32    `json:"id"`
	IssuedAt   time.Time `json:"issuedAt"`
	ValidUntil time.Time `json:"validUntil" doc:"fetch it again by then"`
	Bits       int       `json:"bits" doc:"2"`
	Size       int       `json:"size"`
	Encoded    string    `json:"encoded" doc:"base64url of zlib: 0 valid, 1 revoked, 2 superseded"`
	Key        uint32    `json:"kid"`
	Signature  string    `json:"signature" doc:"base64url, by the key over carecert/status/v1 and the fields above, a line each"`
}

// Message is what a status list's signature is over.
func (l StatusList) Message() []byte {
	return fmt.Appendf(nil, "carecert/status/v1\n%d\n%s\n%s\n%d\n%d\n%s\n%d", l.ID,
		l.IssuedAt.UTC().Format(time.RFC3339), l.ValidUntil.UTC().Format(time.RFC3339), l.Bits, l.Size, l.Encoded, l.Key)
}

// Pack compresses the statuses of a list, by place.
func Pack(statuses map[uint32]uint8) (string, error) {
	bits := make([]byte, ListSize/4)
	for place, s := range statuses {
		if i := place % ListSize; s <= ListedSuperseded {
			bits[i/4] |= s << (2 * (i % 4))
		}
	}
	var buf bytes.Buffer
	w, err := zlib.NewWriterLevel(&buf, zlib.BestCompression)
	if err != nil {
		return "", err
	}
	if _, err := w.Write(bits); err != nil {
		return "", err
	}
	if err := w.Close(); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(buf.Bytes()), nil
}

// Check verifies the list's signature and time.
func (l StatusList) Check(keys Keys, now time.Time) error {
	key, public, ok := keys.find(l.Key)
	if !ok {
		return fmt.Errorf("%w: the status list's key %d is not among the keys", ErrUndecided, l.Key)
	}
	if key.CompromisedAt != nil { // whoever has it may write any date into a list
		return fmt.Errorf("%w: the status list's key %d was in other hands", ErrUndecided, l.Key)
	}
	sig, err := base64.RawURLEncoding.DecodeString(l.Signature)
	if err != nil || !public.Checks(l.Message(), sig) {
		return fmt.Errorf("%w: the status list is not signed by its key", ErrUndecided)
	}
	if now.After(l.ValidUntil) {
		return fmt.Errorf("%w: the status list is past its time (%s)", ErrUndecided, l.ValidUntil.Format(time.RFC3339))
	}
	return nil
}

func (l StatusList) unpack() ([]byte, error) {
	raw, err := base64.RawURLEncoding.DecodeString(l.Encoded)
	if err != nil {
		return nil, fmt.Errorf("%w: status list: %w", ErrUndecided, err)
	}
	z, err := zlib.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("%w: status list: %w", ErrUndecided, err)
	}
	bits, err := io.ReadAll(io.LimitReader(z, ListSize/4+1))
	if err != nil || len(bits) != ListSize/4 {
		return nil, fmt.Errorf("%w: the status list has another size", ErrUndecided)
	}
	return bits, nil
}

// Result is what an offline verification found.
type Result struct {
	Verdict       Verdict
	Facts         v1.Facts
	StatusChecked bool
	StatusAsOf    time.Time
}

// Offline judges one text, with the status list that it stands in if there is
// one; ErrUndecided also for the list of other certificates.
func Offline(text string, keys Keys, list *StatusList, now time.Time) (Result, error) {
	if list == nil {
		return NewVerifier(keys, now).Judge(text)
	}
	r, err := NewVerifier(keys, now, *list).Judge(text)
	if err == nil && len(r.Facts.Code) > 0 && !r.StatusChecked {
		return Result{}, fmt.Errorf("%w: the certificate stands in status list %d, not %d", ErrUndecided, r.Facts.Status/ListSize, list.ID)
	}
	return r, err
}
