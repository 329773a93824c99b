package presentations

import (
	"context"
	"errors"
	"fmt"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// codeDoc is a live code that was opened; _id is its part, which is made for one
// certificate and one second, however the public code beside it is typed.
type codeDoc struct {
	store.Doc `bson:",inline"`
	At        time.Time `bson:"at"` // first
	Sign      string    `bson:"sign,omitempty"`
}

// linkDoc is a link; _id is a hash of its code.
type linkDoc struct {
	store.Doc   `bson:",inline"`
	Certificate kernel.CertificateID  `bson:"certificate"`
	Person      kernel.PersonID       `bson:"person"`
	Was         kernel.Trail          `bson:"was,omitempty"`
	Issuer      kernel.OrganizationID `bson:"issuer"`
	PublicCode  string                `bson:"publicCode"`
	Sealed      string                `bson:"sealed"`
	Label       string                `bson:"label,omitempty"`
	AsksName    bool                  `bson:"asksName,omitempty"`
	At          time.Time             `bson:"at"`
	ExpiresAt   time.Time             `bson:"expiresAt"`
	RevokedAt   *time.Time            `bson:"revokedAt,omitempty"`
	Visits      int64                 `bson:"visits"`
	VisitedAt   *time.Time            `bson:"visitedAt,omitempty"`
}

type visitDoc struct {
	store.Doc `bson:",inline"`
	Link      string    `bson:"link"`
	At        time.Time `bson:"at"`
	Name      string    `bson:"name,omitempty"`
	Office    string    `bson:"office,omitempty"`
	Device    Device    `bson:"device"`
}

type repository struct {
	db     *store.DB
	codes  *store.Collection[codeDoc]
	links  *store.Collection[linkDoc]
	visits *store.Collection[visitDoc]
}

func newRepository(db *store.DB) *repository {
	return &repository{
		db:    db,
		codes: store.Open[codeDoc](db, store.Spec{Name: "presentations_codes", Indexes: []store.Index{{Name: "at", Fields: []string{"at"}}}}),
		links: store.Open[linkDoc](db, store.Spec{Name: "presentations_links", Indexes: []store.Index{
			{Name: "certificate", Fields: []string{"certificate", "at"}},
			{Name: "person", Fields: []string{"person", "at"}},
			{Name: "expires", Fields: []string{"expiresAt"}},
		}}),
		visits: store.Open[visitDoc](db, store.Spec{Name: "presentations_visits", Indexes: []store.Index{
			{Name: "link", Fields: []string{"link", "at"}},
			{Name: "at", Fields: []string{"at"}},
		}}),
	}
}

func (d linkDoc) link() Link {
	return Link{
		ID: d.ID, Certificate: d.Certificate, Person: d.Person, Was: d.Was, Issuer: d.Issuer, PublicCode: d.PublicCode, Sealed: d.Sealed, Label: d.Label,
		AsksName: d.AsksName, At: d.At, ExpiresAt: d.ExpiresAt, RevokedAt: d.RevokedAt, Visits: d.Visits, VisitedAt: d.VisitedAt, Stored: d.Version,
	}
}

func docOf(l Link) linkDoc {
	return linkDoc{
		Doc: store.Doc{ID: l.ID, Version: l.Stored}, Certificate: l.Certificate, Person: l.Person, Was: l.Was, Issuer: l.Issuer, PublicCode: l.PublicCode,
		Sealed: l.Sealed, Label: l.Label, AsksName: l.AsksName, At: l.At, ExpiresAt: l.ExpiresAt, RevokedAt: l.RevokedAt, Visits: l.Visits, VisitedAt: l.VisitedAt,
	}
}

func (d visitDoc) visit() Visit {
	return Visit{At: d.At, Name: d.Name, Office: d.Office, Device: d.Device}
}

// opened notes that a live code was opened, and tells of the first opening, and
// whether that was before.
func (r *repository) opened(ctx context.Context, part string, now Opening) (first Opening, before bool, err error) {
	err = r.codes.Insert(ctx, codeDoc{Doc: store.Doc{ID: part}, At: now.At, Sign: now.Sign})
	if err == nil {
		return now, false, nil
	}
	if !store.IsDuplicate(err, "_id") {
		return first, false, fmt.Errorf("live code: %w", err)
	}
	return r.opening(ctx, part)
}

// opening reads the first opening of a live code; false where there was none.
func (r *repository) opening(ctx context.Context, part string) (Opening, bool, error) {
	d, err := r.codes.Get(ctx, part)
	if errors.Is(err, store.ErrNotFound) {
		return Opening{}, false, nil
	}
	return Opening{At: d.At, Sign: d.Sign}, err == nil, err
}

// openedBefore tells whether a live code was opened before an instant.
func (r *repository) openedBefore(ctx context.Context, part string, at time.Time) (bool, error) {
	first, there, err := r.opening(ctx, part)
	return there && first.At.Before(at), err
}

// link reads a link; ErrLinkUnknown.
func (r *repository) link(ctx context.Context, id string) (Link, error) {
	d, err := r.links.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return Link{}, ErrLinkUnknown
	}
	return d.link(), err
}

func (r *repository) save(ctx context.Context, l Link) error {
	d := docOf(l)
	return r.links.Replace(ctx, &d)
}

// linksOf lists the links of a certificate or a person, the latest first.
func (r *repository) linksOf(ctx context.Context, index, of string, most int) ([]Link, error) {
	page, err := r.links.Find(ctx, store.Query{Index: index, Equal: []any{of}, Desc: true, Limit: most})
	out := make([]Link, 0, len(page.Items))
	for _, d := range page.Items {
		out = append(out, d.link())
	}
	return out, err
}
