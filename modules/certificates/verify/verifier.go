package verify

import (
	"encoding/base64"
	"errors"
	"fmt"
	"time"

	v1 "carecert/modules/certificates/format/v1"
	"carecert/modules/certificates/signature"
	"carecert/modules/kernel"
)

// Verifier judges many texts with what was fetched before: keys are read, and
// the status lists checked and unpacked, once. It may be used by many at once.
type Verifier struct {
	keys   map[uint32]readKey
	lists  map[uint32]readList
	closed bool
	now    time.Time
}

type readKey struct {
	Key
	public signature.Public
}

type readList struct {
	StatusList
	bits []byte
	err  error
}

// NewVerifier reads keys and status lists for an instant. A list that is not to
// be trusted is refused when a certificate stands in it.
func NewVerifier(keys Keys, now time.Time, lists ...StatusList) *Verifier {
	v := &Verifier{keys: make(map[uint32]readKey, len(keys.Keys)), lists: make(map[uint32]readList, len(lists)), now: now}
	for _, k := range keys.Keys {
		if public, err := k.read(); err == nil {
			v.keys[k.ID] = readKey{k, public}
		}
	}
	for _, l := range lists {
		r := readList{StatusList: l, err: l.Check(keys, now)}
		if r.err == nil {
			r.bits, r.err = l.unpack()
		}
		v.lists[l.ID] = r
	}
	return v
}

// Issuer is a verifier for who has the keys: they are all there are, so that a
// text under another one is Forged.
func Issuer(keys Keys) *Verifier {
	v := NewVerifier(keys, time.Time{})
	v.closed = true
	return v
}

// Signature takes a text apart and checks its signature: Genuine, Forged or
// Unknown, and ErrUndecided where the key is not among the keys.
func (v *Verifier) Signature(text string) (v1.Facts, Verdict, error) {
	p, err := v1.Parse(text)
	switch {
	case errors.Is(err, v1.ErrShape):
		return v1.Facts{}, Unknown, nil
	case errors.Is(err, v1.ErrForged):
		return v1.Facts{}, Forged, nil
	case err != nil:
		return v1.Facts{}, "", err
	}
	key, ok := v.keys[p.Facts.Key]
	if !ok {
		if v.closed {
			return v1.Facts{}, Forged, nil
		}
		return v1.Facts{}, "", fmt.Errorf("%w: key %d is not among the keys", ErrUndecided, p.Facts.Key)
	}
	if p.Verify(key.public) != nil {
		return v1.Facts{}, Forged, nil
	}
	if key.CompromisedAt != nil && v1.Date(p.Facts.IssuedOn) >= kernel.DateOf(*key.CompromisedAt) {
		return v1.Facts{}, Forged, nil
	}
	return p.Facts, Genuine, nil
}

// Judge judges a text offline; its status where the list is at hand that it
// stands in. A clock that is behind the status list is set right by it: no
// certificate lives longer on a machine whose date is wrong. ErrUndecided.
func (v *Verifier) Judge(text string) (Result, error) {
	if len(v.keys) == 0 {
		return Result{}, fmt.Errorf("%w: no keys", ErrUndecided)
	}
	facts, verdict, err := v.Signature(text)
	r := Result{Verdict: verdict, Facts: facts}
	if err != nil || verdict != Genuine {
		return r, err
	}
	now := v.now
	if list, ok := v.lists[facts.Status/ListSize]; ok {
		if list.err != nil {
			return Result{}, list.err
		}
		r.StatusChecked, r.StatusAsOf = true, list.IssuedAt
		if now.Before(list.IssuedAt) { // the clock is behind what was signed already
			now = list.IssuedAt
		}
		switch statusIn(list.bits, facts.Status) {
		case ListedRevoked:
			r.Verdict = Revoked
		case ListedSuperseded:
			r.Verdict = Superseded
		}
	}
	if last := v1.Date(facts.ExpiresOn); r.Verdict == Genuine && last != "" && kernel.DateOf(now) > last {
		r.Verdict = Expired
	}
	return r, nil
}

// statusIn reads the two bits of a place.
func statusIn(bits []byte, place uint32) uint8 {
	i := place % ListSize
	return bits[i/4] >> (2 * (i % 4)) & 3
}

// read is the key to check with.
func (k Key) read() (signature.Public, error) {
	x, err := base64.RawURLEncoding.DecodeString(k.Public)
	if err != nil {
		return signature.Public{}, err
	}
	y, err := base64.RawURLEncoding.DecodeString(k.PublicY)
	if err != nil {
		return signature.Public{}, err
	}
	return signature.ReadPublic(signature.Algorithm(k.Curve), append(x, y...))
}
