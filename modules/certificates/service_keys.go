package certificates

import (
	"context"
	"strconv"

	"carecert/modules/certificates/verify"
	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Keys are the public keys.
func (s *Service) Keys() verify.Keys { return s.keychain.keys() }

// RotateKey retires the key that signs and makes the next one. What the old one
// signed stays genuine. ErrKeyOutside where the key is not the program's own.
func (s *Service) RotateKey(ctx context.Context, reason string) (verify.Keys, error) {
	if s.keychain.use.Outside != nil {
		return verify.Keys{}, ErrKeyOutside
	}
	return s.changeKeys(ctx, "rotate", "", reason, func(ctx context.Context) error {
		return s.keychain.rotate(ctx, s.now())
	})
}

// CompromiseKey says that a key was in other hands since a day: what it signed
// from then on is not genuine, and it signs no more. ErrKeyUnknown.
func (s *Service) CompromiseKey(ctx context.Context, id uint32, since kernel.Date, reason string) (verify.Keys, error) {
	if since > kernel.DateOf(s.now()) {
		return verify.Keys{}, ErrFuture
	}
	return s.changeKeys(ctx, "compromise", strconv.FormatUint(uint64(id), 10), reason, func(ctx context.Context) error {
		if err := s.keychain.compromise(ctx, id, since.Start()); err != nil {
			return err
		}
		if id != s.keychain.signer().id {
			return nil
		}
		return s.keychain.rotate(ctx, s.now())
	})
}

// changeKeys carries out a change of the keys; other instances follow within a
// second, as with every change that the public sees.
func (s *Service) changeKeys(ctx context.Context, verb, id, reason string, change func(context.Context) error) (keys verify.Keys, err error) {
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if err := change(ctx); err != nil {
			return err
		}
		if _, err := s.repo.count(ctx, counterChanges); err != nil {
			return err
		}
		docs, err := s.keychain.read(ctx)
		if err != nil {
			return err
		}
		if keys, err = s.keychain.publish(docs); err != nil {
			return err
		}
		store.AfterCommit(ctx, func(ctx context.Context) { // sign with the new one at once
			s.forget()
			if _, err := s.look(ctx, s.now()); err != nil {
				s.log.WarnContext(ctx, "changed keys not read yet", "error", err)
			}
		})
		return s.audit.Record(ctx, kernel.Act{Verb: verb, Noun: "certificateKey", ID: id, Reason: reason})
	})
	return keys, err
}
