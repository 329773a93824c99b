package web

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// A repeated POST with the same Idempotency-Key answers the first answer
// again. The key is the user's own and belongs to one route; the handler and
// the record of its answer commit together, so that no crash comes between.

// keptFor is how long an answer is kept.
const keptFor = 7 * 24 * time.Hour

// maxKey is the longest Idempotency-Key.
const maxKey = 200

type replayDoc struct {
	store.Doc  `bson:",inline"`
	BodyHash   string    `bson:"bodyHash"`
	Answer     []byte    `bson:"answer"`
	RecordedAt time.Time `bson:"recordedAt"`
}

type replays struct {
	db    *store.DB
	docs  *store.Collection[replayDoc]
	clock kernel.Clock
}

func openReplays(db *store.DB, clock kernel.Clock) *replays {
	return &replays{db: db, clock: clock, docs: store.Open[replayDoc](db, store.Spec{
		Name: "web_replays", Indexes: []store.Index{{Name: "recorded", Fields: []string{"recordedAt"}}},
	})}
}

// SweepReplays forgets answers that are no longer kept.
func (a *App) SweepReplays(ctx context.Context) error {
	s := a.Router.replays
	q := store.Query{Index: "recorded", Until: s.clock.Now().Add(-keptFor)}
	var old []string
	err := s.docs.Each(ctx, q, func(d replayDoc) error { old = append(old, d.ID); return nil })
	for _, id := range old {
		if derr := s.docs.Delete(ctx, id, 0); derr != nil && !errors.Is(derr, store.ErrNotFound) {
			err = errors.Join(err, derr)
		}
	}
	return err
}

type replayKey struct{ id, bodyHash string }

type replayCtx struct{}

// withReplay puts the request's key into the context, if it has one.
func withReplay(ctx context.Context, c *fiber.Ctx) (context.Context, error) {
	key := c.Get("Idempotency-Key")
	if key == "" || c.Method() != fiber.MethodPost {
		return ctx, nil
	}
	if len(key) > maxKey {
		return ctx, errInvalid.At("header.Idempotency-Key", "input.max_length", "")
	}
	hash, err := bodyHash(c)
	if err != nil {
		return ctx, errMalformed.Because(err)
	}
	actor := kernel.ActorFrom(ctx)
	sum := sha256.Sum256([]byte(strings.Join([]string{string(actor.User), c.Method(), c.Path(), key}, "\x00")))
	return context.WithValue(ctx, replayCtx{}, replayKey{hex.EncodeToString(sum[:]), hash}), nil
}

// bodyHash is over what was sent; of a form over its fields and files, since
// every sender draws another boundary.
func bodyHash(c *fiber.Ctx) (string, error) {
	h := sha256.New()
	if !strings.HasPrefix(string(c.Request().Header.ContentType()), fiber.MIMEMultipartForm) {
		h.Write(c.Body())
		return hex.EncodeToString(h.Sum(nil)), nil
	}
	form, err := c.MultipartForm()
	if err != nil {
		return "", err
	}
	for _, name := range slices.Sorted(maps.Keys(form.Value)) {
		fmt.Fprintf(h, "%q=%q;", name, form.Value[name])
	}
	for _, name := range slices.Sorted(maps.Keys(form.File)) {
		for _, file := range form.File[name] {
			f, err := file.Open()
			if err != nil {
				return "", err
			}
			fmt.Fprintf(h, "%q:", name)
			_, err = io.Copy(h, f)
			if err = cmp.Or(err, f.Close()); err != nil {
				return "", err
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

func replayOf(ctx context.Context) (replayKey, bool) {
	k, ok := ctx.Value(replayCtx{}).(replayKey)
	return k, ok
}

// replay answers what was answered before, or runs the handler and records its
// answer in one transaction. A refusal leaves no record: it may be tried again.
func replay[O any](ctx context.Context, s *replays, key replayKey, run func(context.Context) (*O, error)) (out *O, err error) {
	err = s.db.Tx(ctx, func(ctx context.Context) error {
		doc, err := s.docs.Get(ctx, key.id)
		if err == nil {
			if doc.BodyHash != key.bodyHash {
				return errReplayed
			}
			out = new(O)
			return json.Unmarshal(doc.Answer, out)
		}
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if out, err = run(ctx); err != nil {
			return err
		}
		answer, err := json.Marshal(out)
		if err != nil {
			return fmt.Errorf("record the answer: %w", err)
		}
		return s.docs.Insert(ctx, replayDoc{
			Doc: store.Doc{ID: key.id}, BodyHash: key.bodyHash, Answer: answer, RecordedAt: s.clock.Now().UTC(),
		})
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
