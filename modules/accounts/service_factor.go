package accounts

import (
	"context"
	"crypto/subtle"
	"fmt"

	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"carecert/modules/kernel"
)

const purposeTOTP = "accounts.totp"

// A code stands for half a minute; the one before and the one after are taken
// too, for clocks differ.
const (
	factorPeriod = 30
	factorSkew   = 1
)

// otpFits tells which half minute the code belongs to.
func (s *Service) otpFits(sealed, code string) (step int64, ok bool, err error) {
	secret, err := s.sealer.Open(purposeTOTP, sealed)
	if err != nil {
		return 0, false, fmt.Errorf("second factor: %w", err)
	}
	now := s.now().Unix() / factorPeriod
	for step := now - factorSkew; step <= now+factorSkew; step++ {
		want, err := hotp.GenerateCode(secret, uint64(step)) //nolint:gosec // never before 1970
		if err != nil {
			return 0, false, fmt.Errorf("second factor: %w", err)
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return step, true, nil
		}
	}
	return 0, false, nil
}

// BeginSecondFactor draws a secret for an authenticator app; it counts once it
// has been confirmed by a code.
func (s *Service) BeginSecondFactor(ctx context.Context) (uri string, err error) {
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		u, err := s.repo.user(ctx, kernel.ActorFrom(ctx).User)
		if err != nil {
			return err
		}
		key, err := totp.Generate(totp.GenerateOpts{Issuer: "CareCert", AccountName: u.Username})
		if err != nil {
			return fmt.Errorf("second factor: %w", err)
		}
		uri = key.URL()
		u.TOTPPending = s.sealer.Seal(purposeTOTP, key.Secret())
		return s.save(ctx, &u)
	})
	return uri, err
}

// ConfirmSecondFactor turns it on, by a code of the app; ErrNoSecondFactor, ErrOTP.
func (s *Service) ConfirmSecondFactor(ctx context.Context, code string) error {
	return s.changeFactor(ctx, "confirmSecondFactor", code, func(u *User) string {
		pending := u.TOTPPending
		u.TOTP, u.TOTPPending = pending, ""
		return pending
	})
}

// EndSecondFactor turns it off, by a code of the app; ErrNoSecondFactor, ErrOTP.
func (s *Service) EndSecondFactor(ctx context.Context, code string) error {
	return s.changeFactor(ctx, "endSecondFactor", code, func(u *User) string {
		sealed := u.TOTP
		u.TOTP = ""
		return sealed
	})
}

// changeFactor makes a change if the code fits the secret that it answers.
func (s *Service) changeFactor(ctx context.Context, verb, code string, change func(*User) (sealed string)) error {
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		u, err := s.repo.user(ctx, kernel.ActorFrom(ctx).User)
		if err != nil {
			return err
		}
		sealed := change(&u)
		if sealed == "" {
			return ErrNoSecondFactor
		}
		_, fits, err := s.otpFits(sealed, code)
		if err != nil {
			return err
		}
		if !fits {
			return ErrOTP.At("body.code", "accounts.otp_wrong", "")
		}
		if err := s.save(ctx, &u); err != nil {
			return err
		}
		return s.audit.Record(ctx, kernel.Act{Verb: verb, Noun: "user", ID: string(u.ID), Organization: home(u)})
	})
}
