package certificates

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	v1 "carecert/modules/certificates/format/v1"
	"carecert/modules/certificates/verify"
)

// Public is the answer to whoever asks about a certificate: a verdict at a
// time, and what anybody may learn of it.
type Public struct {
	Verdict    verify.Verdict
	StatusAsOf time.Time
	Card       *Card // nil where there is none to speak of
}

// Lookup answers for a public code; ErrUnknown. At most a second old.
func (s *Service) Lookup(ctx context.Context, code string) (Public, error) {
	now := s.now()
	x, seen, err := s.card(ctx, readCode(code), now)
	if err != nil {
		return Public{}, err
	}
	return Public{Verdict: x.card.verdict(now), StatusAsOf: seen.at, Card: &x.card}, nil
}

// maxText is how long the text of a QR code may be (CONTRACT §3).
const maxText = 4096

// VerifyText judges the text of a QR code: first the signature, which needs no
// look-up, then the certificate's status.
func (s *Service) VerifyText(ctx context.Context, text string) (Public, error) {
	now := s.now()
	x, seen, verdict, err := s.judge(ctx, text, now)
	if err != nil {
		return Public{}, err
	}
	if x == nil {
		return Public{Verdict: verdict, StatusAsOf: now}, nil
	}
	return Public{Verdict: x.card.verdict(now), StatusAsOf: seen.at, Card: &x.card}, nil
}

// judge gives the certificate of a text that we signed and that is registered;
// for any other nil, and the verdict.
func (s *Service) judge(ctx context.Context, text string, now time.Time) (x *shown, seen sight, verdict verify.Verdict, err error) {
	if seen, err = s.look(ctx, now); err != nil { // the keys may have changed
		return nil, seen, "", err
	}
	code, verdict, err := s.trust(ctx, text)
	if err != nil || verdict != verify.Genuine {
		return nil, seen, verdict, err
	}
	x, seen, err = s.card(ctx, code, now)
	if errors.Is(err, ErrUnknown) {
		return nil, seen, verify.Unknown, nil
	}
	return x, seen, verdict, err
}

// verifySignature gives the public code of a text that we signed.
func (s *Service) verifySignature(text string) (code string, verdict verify.Verdict, err error) {
	if text == "" || utf8.RuneCountInString(text) > maxText {
		return "", "", ErrText
	}
	facts, verdict, err := s.keychain.signature(text)
	code = v1.Code(facts.Code)
	if part, shown := v1.LivePart(text); shown && verdict == verify.Genuine {
		if _, ours := s.live.MadeAt(code, part); !ours {
			return "", verify.Forged, err // added by somebody else
		}
	}
	return code, verdict, err
}

// trust gives the public code of a text that we signed. Whoever had a key may
// have dated back what they signed with it: of such a key, only what is on the
// register, to the letter, is ours.
func (s *Service) trust(ctx context.Context, text string) (code string, verdict verify.Verdict, err error) {
	if code, verdict, err = s.verifySignature(text); err != nil || verdict != verify.Genuine {
		return code, verdict, err
	}
	facts, _, err := s.keychain.signature(text)
	if err != nil || !s.keychain.lost(facts.Key) {
		return code, verdict, err
	}
	c, err := s.repo.byCode(ctx, code)
	if errors.Is(err, ErrUnknown) {
		return code, verify.Unknown, nil
	}
	if err == nil && payloadOf(c.QRText) != payloadOf(text) {
		verdict = verify.Forged
	}
	return code, verdict, err
}

func payloadOf(text string) string {
	_, payload, _ := strings.Cut(text, "#")
	return payload
}

// Matches compares a full identity number with the certificate's holder.
func (s *Service) Matches(ctx context.Context, text, idNumber string) (bool, error) {
	code, verdict, err := s.trust(ctx, text)
	if err != nil || verdict != verify.Genuine {
		return false, err
	}
	c, err := s.repo.byCode(ctx, code)
	if err != nil {
		return false, err
	}
	number, err := s.people.IDNumber(ctx, c.Person)
	return err == nil && number == idNumber, err
}
