package web

import (
	"cmp"
	"context"
	"crypto/aes"
	"crypto/cipher"
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
// the record of its answer commit together, so that no crash comes between. An
// answer may hold a secret that is told once: it is sealed under the sender's
// key, which is not stored.

// maxKey is the longest Idempotency-Key.
const maxKey = 200

type replayDoc struct {
	store.Doc  `bson:",inline"`
	BodyHash   string    `bson:"bodyHash"`
	Answer     []byte    `bson:"answer"` // sealed
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

type replayKey struct {
	id, bodyHash string
	seal         cipher.AEAD
}

type replayCtx struct{}

// withReplay puts the request's key into the context, if it has one.
func withReplay(ctx context.Context, c *fiber.Ctx) (context.Context, error) {
	key := c.Get("Idempotency-Key")
	if key == "" {
		return ctx, nil
	}
	if len(key) > maxKey {
		return ctx, errInvalid.At("header.Idempotency-Key", "input.max_length", "")
	}
	hash, err := bodyHash(c)
	if err != nil {
		return ctx, errMalformed.Because(err)
	}
	k, err := newReplayKey(string(kernel.ActorFrom(ctx).User), c.Method(), c.Path(), key)
	k.bodyHash = hash
	return context.WithValue(ctx, replayCtx{}, k), err
}

// newReplayKey derives the record's id and the key that seals it.
func newReplayKey(parts ...string) (k replayKey, err error) {
	all := strings.Join(parts, "\x00")
	id, secret := sha256.Sum256([]byte("id\x00"+all)), sha256.Sum256([]byte("seal\x00"+all))
	k.id = hex.EncodeToString(id[:])
	block, err := aes.NewCipher(secret[:])
	if err != nil {
		return k, fmt.Errorf("seal of an answer: %w", err)
	}
	if k.seal, err = cipher.NewGCMWithRandomNonce(block); err != nil {
		return k, fmt.Errorf("seal of an answer: %w", err)
	}
	return k, nil
}

// bodyHash is over what was sent, the query included; of a form over its fields and files, since
// every sender draws another boundary.
func bodyHash(c *fiber.Ctx) (string, error) {
	h := sha256.New()
	fmt.Fprintf(h, "%q;", c.Context().QueryArgs().QueryString())
	if !strings.HasPrefix(string(c.Request().Header.ContentType()), fiber.MIMEMultipartForm) {
		h.Write(c.BodyRaw())
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
func replay[O any](ctx context.Context, s *replays, key replayKey, run func(context.Context) (*O, error)) (*O, error) {
	var out *O
	attempt := func(ctx context.Context) error {
		out = new(O)
		told, err := s.told(ctx, key, out)
		if err != nil || told {
			return err
		}
		if out, err = run(ctx); err != nil {
			return err
		}
		return s.record(ctx, key, out)
	}
	err := s.db.Tx(ctx, attempt)
	if twin := (*store.DuplicateError)(nil); errors.As(err, &twin) && twin.Collection == s.docs.Name() {
		err = s.db.Tx(ctx, attempt) // the same request was answered meanwhile: its answer counts
	}
	if err != nil {
		return nil, err
	}
	return out, nil
}

// told reads the answer given before.
func (s *replays) told(ctx context.Context, key replayKey, out any) (bool, error) {
	doc, err := s.docs.Get(ctx, key.id)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("answer given before: %w", err)
	}
	if doc.BodyHash != key.bodyHash {
		return false, errReplayed
	}
	plain, err := key.seal.Open(nil, nil, doc.Answer, nil)
	if err == nil {
		err = json.Unmarshal(plain, out)
	}
	if err != nil {
		return false, fmt.Errorf("answer given before: %w", err)
	}
	return true, nil
}

func (s *replays) record(ctx context.Context, key replayKey, out any) error {
	answer, err := json.Marshal(out)
	if err != nil {
		return fmt.Errorf("record the answer: %w", err)
	}
	return s.docs.Insert(ctx, replayDoc{
		Doc: store.Doc{ID: key.id}, BodyHash: key.bodyHash, Answer: key.seal.Seal(nil, nil, answer, nil), RecordedAt: s.clock.Now().UTC(),
	})
}
