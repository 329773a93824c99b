package accounts

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Slips makes one-time codes for the people whom those in reach keep, so that each can set a
// password of their own (DESIGN §3.15). Whoever has an account already gets a
// slip that sets a new password: the way back in when it was forgotten, or the
// device with the second factor was lost. An account with an office is never
// handed over by a slip: its holder gets another one. ErrPersonUnknown, ErrDisabled.
func (s *Service) Slips(ctx context.Context, ids []kernel.PersonID) ([]Slip, error) {
	var out []Slip
	err := s.repo.db.Tx(ctx, func(ctx context.Context) error {
		out = nil
		cards, err := s.people.Cards(ctx, ids)
		if err != nil {
			return fmt.Errorf("people of slips: %w", err)
		}
		for _, id := range ids {
			card, known := cards[id]
			if !known || !kernel.ReachFrom(ctx).Covers(card.Keepers) {
				return ErrPersonUnknown.With("personId", id)
			}
			slip, err := s.slip(ctx, card)
			if err != nil {
				return err
			}
			out = append(out, slip)
		}
		return nil
	})
	return out, err
}

// slip makes one; an older slip of the same account is void from now on.
func (s *Service) slip(ctx context.Context, card kernel.PersonCard) (Slip, error) {
	u, err := s.repo.caregiver(ctx, card.ID)
	if errors.Is(err, ErrUnknown) {
		u, err = s.invite(ctx, card)
	}
	if err != nil {
		return Slip{}, err
	}
	if u.Disabled {
		return Slip{}, ErrDisabled.With("username", u.Username)
	}
	err = sweep(ctx, s.repo.slips, store.Query{Index: "user", Equal: []any{string(u.ID)}}, func(d slipDoc) string { return d.ID })
	if err != nil {
		return Slip{}, err
	}
	slip := Slip{Person: card.ID, Name: card.Name, Username: u.Username, Code: newCode(), ExpiresAt: s.now().Add(slipValid)}
	err = s.repo.slips.Insert(ctx, slipDoc{
		Doc: store.Doc{ID: hashToken(normalCode(slip.Code))}, User: u.ID, ExpiresAt: slip.ExpiresAt, IssuedBy: kernel.ActorFrom(ctx).User,
	})
	if err != nil {
		return Slip{}, err
	}
	return slip, s.audit.Record(ctx, kernel.Act{Verb: "activate", Noun: "user", ID: string(u.ID), Organization: place(card)})
}

// place is whose log tells of a slip: where the person works, if anywhere.
func place(card kernel.PersonCard) kernel.OrganizationID {
	if len(card.Reach) == 0 {
		return ""
	}
	return card.Reach[0]
}

// invite makes a caregiver's account that waits for its password.
func (s *Service) invite(ctx context.Context, card kernel.PersonCard) (User, error) {
	name, err := s.freeName(ctx)
	if err != nil {
		return User{}, err
	}
	u := User{
		ID: kernel.UserID(kernel.NewID()), Username: name, DisplayName: card.Name, Person: card.ID,
		Grants: []kernel.Grant{{Role: kernel.RoleCaregiver}}, CreatedAt: s.now(), Reach: card.Reach,
	}
	if err := s.repo.add(ctx, u); err != nil {
		return User{}, err
	}
	return u, s.record(ctx, "create", u)
}

// freeName draws user names that are easy to type until one is free.
func (s *Service) freeName(ctx context.Context) (string, error) {
	for {
		name := "hly" + draw("0123456789", 8)
		_, err := s.repo.names.Get(ctx, name)
		if errors.Is(err, store.ErrNotFound) {
			return name, nil
		}
		if err != nil {
			return "", err
		}
	}
}

// Activate redeems a slip: the caregiver's password is set and they are signed
// in. A slip is good once; ErrSlip.
func (s *Service) Activate(ctx context.Context, code, password string) (SignedIn, error) {
	if err := checkPassword(password); err != nil {
		return SignedIn{}, err
	}
	id := hashToken(normalCode(code))
	if _, err := s.goodSlip(ctx, id); err != nil {
		return SignedIn{}, err
	}
	hash, err := s.Password(ctx, password)
	if err != nil {
		return SignedIn{}, err
	}
	var u User
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		d, err := s.goodSlip(ctx, id)
		if err != nil {
			return err
		}
		if err := s.repo.slips.Delete(ctx, id, d.Version); err != nil {
			return err
		}
		if u, err = s.repo.user(ctx, d.User); err != nil {
			return err
		}
		if u.Disabled || !u.caregiverOnly() {
			return ErrSlip
		}
		if kept, err := s.stillKept(ctx, d.IssuedBy, u.Person); err != nil || !kept {
			return cmp.Or(err, error(ErrSlip))
		}
		u.Password, u.PasswordedAt, u.TOTP, u.TOTPPending = hash, s.now(), "", ""
		if err := s.save(ctx, &u); err != nil {
			return err
		}
		if err := s.repo.endSessions(ctx, u.ID, ""); err != nil {
			return err
		}
		if err := s.repo.endTokens(ctx, u.ID); err != nil {
			return err
		}
		return s.record(asUser(ctx, u), "redeem", u)
	})
	if err != nil {
		return SignedIn{}, err
	}
	return s.begin(ctx, try{username: u.Username, address: kernel.ActorFrom(ctx).Address, user: u}, 0)
}

func (s *Service) goodSlip(ctx context.Context, id string) (slipDoc, error) {
	d, err := s.repo.slips.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || (err == nil && s.now().After(d.ExpiresAt)) {
		return d, ErrSlip
	}
	return d, err
}
