package accounts

import (
	"context"
	"errors"
	"fmt"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
)

// ErrNotSignedIn: the request carries no credentials.
var ErrNotSignedIn = fault.New(fault.Unauthenticated, "accounts.not_signed_in")

// Slips makes one-time codes for people in reach, so that each can set a
// password of their own (DESIGN §3.15). Whoever has an account already gets a
// slip that sets a new password: the way back in when it was forgotten.
func (s *Service) Slips(ctx context.Context, ids []kernel.PersonID) ([]Slip, error) {
	cards, err := s.people.Cards(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []Slip
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		out = nil
		for _, id := range ids {
			card, known := cards[id]
			if !known || !kernel.ReachFrom(ctx).Covers(card.Reach) {
				return ErrUnknown
			}
			slip := Slip{Person: id, Name: card.Name, Username: "hly" + draw("0123456789", 8), Code: newCode(), ExpiresAt: s.now().Add(slipValid)}
			if u, err := s.repo.users.First(ctx, store.Query{Index: "person", Equal: []any{string(id)}}); err == nil {
				slip.Username = u.Username
			} else if !errors.Is(err, store.ErrNotFound) {
				return err
			}
			// An older slip of the same person is void from now on.
			if err := sweep(ctx, s.repo.slips, store.Query{Index: "person", Equal: []any{string(id)}}, func(d slipDoc) string { return d.ID }); err != nil {
				return err
			}
			doc := slipDoc{Doc: store.Doc{ID: hashToken(slip.Code)}, Person: id, Username: slip.Username, ExpiresAt: slip.ExpiresAt, IssuedBy: kernel.ActorFrom(ctx).User}
			if err := s.repo.slips.Insert(ctx, doc); err != nil {
				return err
			}
			if err := s.audit.Record(ctx, kernel.Act{Verb: "activate", Noun: "user", ID: string(id), Organization: last(card.Reach)}); err != nil {
				return err
			}
			out = append(out, slip)
		}
		return nil
	})
	return out, err
}

func last(path []kernel.OrganizationID) kernel.OrganizationID {
	if len(path) == 0 {
		return ""
	}
	return path[0]
}

// Activate redeems a slip: the caregiver's password is set and they are signed
// in. A slip is good once.
func (s *Service) Activate(ctx context.Context, code, password string) (SignedIn, error) {
	if err := checkPassword(password); err != nil {
		return SignedIn{}, err
	}
	address := kernel.ActorFrom(ctx).Address
	if err := s.mayTry(ctx, "slip", address, true); err != nil {
		return SignedIn{}, err
	}
	id := hashToken(normalCode(code))
	if d, err := s.repo.slips.Get(ctx, id); errors.Is(err, store.ErrNotFound) || (err == nil && s.now().After(d.ExpiresAt)) {
		if err := s.failed(ctx, "slip", address, true); !errors.Is(err, ErrWrong) {
			return SignedIn{}, err
		}
		return SignedIn{}, ErrSlip
	} else if err != nil {
		return SignedIn{}, err
	}
	hash, err := s.hasher.hash(password)
	if err != nil {
		return SignedIn{}, fmt.Errorf("hash password: %w", err)
	}
	var u User
	err = s.repo.db.Tx(kernel.WithReach(ctx, kernel.Reach{Everywhere: true}), func(ctx context.Context) error {
		d, err := s.repo.slips.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return ErrSlip
		}
		if err != nil {
			return err
		}
		if err := s.repo.slips.Delete(ctx, id, d.Version); err != nil {
			return err
		}
		u, err = s.redeem(ctx, d, hash)
		return err
	})
	if err != nil {
		return SignedIn{}, err
	}
	return s.begin(ctx, u.ID, u.Username, address)
}

func (s *Service) redeem(ctx context.Context, d slipDoc, hash string) (User, error) {
	u, err := s.repo.named(ctx, d.Username)
	switch {
	case err == nil:
		u.Hash, u.PasswordedAt = hash, s.now()
		if err := s.repo.save(ctx, &u); err != nil {
			return u, err
		}
		if err := s.repo.endSessions(ctx, u.ID, ""); err != nil {
			return u, err
		}
	case errors.Is(err, ErrUnknown):
		cards, err := s.people.Cards(ctx, []kernel.PersonID{d.Person})
		if err != nil {
			return u, err
		}
		u = User{
			ID: kernel.UserID(kernel.NewID()), Username: d.Username, DisplayName: cards[d.Person].Name, Hash: hash, Person: d.Person,
			Grants: []kernel.Grant{{Role: kernel.RoleCaregiver}}, CreatedAt: s.now(), PasswordedAt: s.now(), Reach: cards[d.Person].Reach,
		}
		if err := s.repo.add(ctx, u); err != nil {
			return u, err
		}
	default:
		return u, err
	}
	return u, s.audit.Record(ctx, kernel.Act{Verb: "redeem", Noun: "user", ID: string(u.ID)})
}

const purposeTOTP = "accounts.totp"

func totpOptions() totp.ValidateOpts {
	return totp.ValidateOpts{Period: 30, Skew: 1, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}
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
		return s.repo.save(ctx, &u)
	})
	return uri, err
}

// ConfirmSecondFactor turns it on, by a code of the app.
func (s *Service) ConfirmSecondFactor(ctx context.Context, code string) error {
	return s.changeFactor(ctx, "confirmSecondFactor", func(u *User) error {
		if u.TOTPPending == "" {
			return ErrNoSecondFactor
		}
		fits, err := s.otpFits(u.TOTPPending, code)
		if err != nil || !fits {
			return errors.Join(ErrOTP, err)
		}
		u.TOTP, u.TOTPPending = u.TOTPPending, ""
		return nil
	})
}

// EndSecondFactor turns it off, by a code of the app.
func (s *Service) EndSecondFactor(ctx context.Context, code string) error {
	return s.changeFactor(ctx, "endSecondFactor", func(u *User) error {
		if u.TOTP == "" {
			return ErrNoSecondFactor
		}
		fits, err := s.otpFits(u.TOTP, code)
		if err != nil || !fits {
			return errors.Join(ErrOTP, err)
		}
		u.TOTP = ""
		return nil
	})
}

func (s *Service) changeFactor(ctx context.Context, verb string, change func(*User) error) error {
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		u, err := s.repo.user(ctx, kernel.ActorFrom(ctx).User)
		if err != nil {
			return err
		}
		if err := change(&u); err != nil {
			return err
		}
		if err := s.repo.save(ctx, &u); err != nil {
			return err
		}
		return s.audit.Record(ctx, kernel.Act{Verb: verb, Noun: "user", ID: string(u.ID)})
	})
}
