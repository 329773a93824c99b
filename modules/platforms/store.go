package platforms

import (
	"context"
	"errors"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

type keyDoc struct {
	store.Doc  `bson:",inline"`
	Hash       string      `bson:"hash"` // of the whole key
	Name       string      `bson:"name"`
	Contact    string      `bson:"contact"`
	CreatedAt  time.Time   `bson:"createdAt"`
	CreatedBy  string      `bson:"createdBy"`
	ExpiresOn  kernel.Date `bson:"expiresOn"`
	UsedAt     *time.Time  `bson:"usedAt,omitempty"`
	Revocation *Revocation `bson:"revocation,omitempty"`
}

func docOf(k Key) keyDoc {
	return keyDoc{
		Doc: store.Doc{ID: k.ID, Version: k.Stored}, Hash: k.hash, Name: k.Name, Contact: k.Contact, CreatedAt: k.CreatedAt, CreatedBy: k.CreatedBy,
		ExpiresOn: k.ExpiresOn, UsedAt: k.UsedAt, Revocation: k.Revocation,
	}
}

func (d keyDoc) read() Key {
	return Key{
		ID: d.ID, hash: d.Hash, Name: d.Name, Contact: d.Contact, CreatedAt: d.CreatedAt, CreatedBy: d.CreatedBy, ExpiresOn: d.ExpiresOn,
		UsedAt: d.UsedAt, Revocation: d.Revocation, Stored: d.Version,
	}
}

// useDoc counts: _id is key|day, or key|ever.
type useDoc struct {
	store.Doc `bson:",inline"`
	Calls     int64 `bson:"calls"`
	Items     int64 `bson:"items"`
}

type repository struct {
	db   *store.DB
	keys *store.Collection[keyDoc]
	uses *store.Collection[useDoc]
}

func newRepository(db *store.DB) *repository {
	return &repository{
		db:   db,
		keys: store.Open[keyDoc](db, store.Spec{Name: "platforms_keys", Indexes: []store.Index{{Name: "created", Fields: []string{"createdAt"}}}}),
		uses: store.Open[useDoc](db, store.Spec{Name: "platforms_uses"}),
	}
}

func (r *repository) key(ctx context.Context, id string) (Key, error) {
	d, err := r.keys.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return Key{}, ErrUnknown
	}
	return d.read(), err
}

func (r *repository) save(ctx context.Context, k *Key) error {
	d := docOf(*k)
	if err := r.keys.Replace(ctx, &d); err != nil {
		return err
	}
	k.Stored = d.Version
	return nil
}

func useID(key string, on kernel.Date) string {
	if on == "" {
		return key + "|ever"
	}
	return key + "|" + string(on)
}

// used reads counts by id.
func (r *repository) used(ctx context.Context, ids []string) (map[string]Use, error) {
	docs, err := r.uses.GetMany(ctx, ids)
	out := make(map[string]Use, len(docs))
	for _, d := range docs {
		out[d.ID] = Use{Calls: d.Calls, Items: d.Items}
	}
	return out, err
}

// count adds a question of n certificates to the day's sum and the whole, in
// the caller's transaction, and gives the day's.
func (r *repository) count(ctx context.Context, key string, on kernel.Date, n int64) (Use, error) {
	delta := map[string]int64{"calls": 1, "items": n}
	day := useID(key, on)
	if err := r.uses.IncrementMany(ctx, map[string]map[string]int64{day: delta, useID(key, ""): delta}); err != nil {
		return Use{}, err
	}
	d, err := r.uses.Get(ctx, day)
	return Use{On: on, Calls: d.Calls, Items: d.Items}, err
}
