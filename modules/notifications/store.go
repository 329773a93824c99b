package notifications

import (
	"context"
	"errors"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// notificationDoc is what one person was told; _id "person.key", the person
// being the one it was first told to.
type notificationDoc struct {
	store.Doc `bson:",inline"`
	Person    kernel.PersonID   `bson:"person"`
	Kind      Kind              `bson:"kind"`
	Params    map[string]string `bson:"params,omitempty"`
	Href      string            `bson:"href,omitempty"`
	At        time.Time         `bson:"at"`
	Unread    bool              `bson:"unread,omitempty"`
	ReadAt    time.Time         `bson:"readAt,omitempty"`
	Was       kernel.Trail      `bson:"was,omitempty"` // whose it was before merges, the last at the end
}

type repository struct {
	db            *store.DB
	notifications *store.Collection[notificationDoc]
}

func newRepository(db *store.DB) *repository {
	return &repository{db: db, notifications: store.Open[notificationDoc](db, store.Spec{Name: "notifications_notifications", Indexes: []store.Index{
		{Name: "person", Fields: []string{"person", "at"}},
		{Name: "unread", Fields: []string{"person", "at"}, Where: "unread"},
		{Name: "at", Fields: []string{"at"}},
	}})}
}

func (d notificationDoc) notification() Notification {
	return Notification{ID: d.ID, Kind: d.Kind, Params: d.Params, Href: d.Href, At: d.At, ReadAt: d.ReadAt}
}

// add writes what is not there yet.
func (r *repository) add(ctx context.Context, docs []notificationDoc) error {
	ids := make([]string, len(docs))
	for i, d := range docs {
		ids[i] = d.ID
	}
	told, err := r.notifications.GetMany(ctx, ids)
	if err != nil {
		return err
	}
	had := map[string]bool{}
	for _, d := range told {
		had[d.ID] = true
	}
	docs = slices.DeleteFunc(docs, func(d notificationDoc) bool {
		twice := had[d.ID]
		had[d.ID] = true
		return twice
	})
	if len(docs) == 0 {
		return nil
	}
	return r.notifications.Insert(ctx, docs...)
}

func of(p kernel.PersonID, unread bool) store.Query {
	q := store.Query{Index: "person", Equal: []any{string(p)}, Desc: true}
	if unread {
		q.Index = "unread"
	}
	return q
}

// own reads a notification of the person; ErrUnknown.
func (r *repository) own(ctx context.Context, p kernel.PersonID, id string) (notificationDoc, error) {
	d, err := r.notifications.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || (err == nil && d.Person != p) {
		return d, ErrUnknown
	}
	return d, err
}

// change rewrites those of a person's notifications that alter says.
func (r *repository) change(ctx context.Context, q store.Query, alter func(*notificationDoc) bool) (n int, err error) {
	var changed []notificationDoc
	if err := r.notifications.Each(ctx, q, func(d notificationDoc) error {
		if alter(&d) {
			changed = append(changed, d)
		}
		return nil
	}); err != nil {
		return 0, err
	}
	if len(changed) == 0 {
		return 0, nil
	}
	return len(changed), r.notifications.PutMany(ctx, changed)
}
