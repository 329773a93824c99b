package accounts

import (
	"context"
	"errors"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// AddToken makes an API token for oneself; ErrTokenExpiry.
func (s *Service) AddToken(ctx context.Context, name string, expires time.Time) (Token, error) {
	now := s.now()
	if !expires.After(now) || expires.Sub(now) > tokenLife {
		return Token{}, ErrTokenExpiry.At("body.expiresAt", "accounts.token_expiry", "")
	}
	t := Token{ID: kernel.NewID(), Name: name, Secret: newToken(), CreatedAt: now, ExpiresAt: expires.UTC()}
	err := s.repo.db.Tx(ctx, func(ctx context.Context) error {
		d := tokenDoc{
			Doc: store.Doc{ID: hashToken(t.Secret)}, User: kernel.ActorFrom(ctx).User, PublicID: t.ID, Name: name,
			CreatedAt: now, ExpiresAt: t.ExpiresAt,
		}
		if err := s.repo.tokens.Insert(ctx, d); err != nil {
			return err
		}
		return s.audit.Record(ctx, kernel.Act{Verb: "create", Noun: "token", ID: t.ID})
	})
	return t, err
}

// tokenHolder reads whose live token it is; ErrExpired.
func (s *Service) tokenHolder(ctx context.Context, id string) (kernel.UserID, error) {
	d, err := s.repo.tokens.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || (err == nil && s.now().After(d.ExpiresAt)) {
		return "", ErrExpired
	}
	return d.User, err
}

// Tokens lists one's own API tokens.
func (s *Service) Tokens(ctx context.Context) ([]Token, error) {
	var out []Token
	q := store.Query{Index: "user", Equal: []any{string(kernel.ActorFrom(ctx).User)}}
	err := s.repo.tokens.Each(ctx, q, func(d tokenDoc) error {
		out = append(out, Token{ID: d.PublicID, Name: d.Name, CreatedAt: d.CreatedAt, ExpiresAt: d.ExpiresAt})
		return nil
	})
	return out, err
}

// RemoveToken ends one of one's own API tokens; ErrUnknown.
func (s *Service) RemoveToken(ctx context.Context, id string) error {
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		store.AfterCommit(ctx, func(context.Context) { s.known.forget() })
		d, err := s.repo.tokens.First(ctx, store.Query{Index: "public", Equal: []any{id}})
		if errors.Is(err, store.ErrNotFound) || (err == nil && d.User != kernel.ActorFrom(ctx).User) {
			return ErrTokenUnknown
		}
		if err != nil {
			return err
		}
		if err := s.repo.tokens.Delete(ctx, d.ID, 0); err != nil {
			return err
		}
		return s.audit.Record(ctx, kernel.Act{Verb: "delete", Noun: "token", ID: id})
	})
}
