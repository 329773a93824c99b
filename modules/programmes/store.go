package programmes

import (
	"context"
	"errors"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// programmeDoc is a programme; Shelves are where it is looked for: by its own
// organisation and the offices above it, and by those beneath its organisation.
type programmeDoc struct {
	store.Doc    `bson:",inline"`
	Organization kernel.OrganizationID   `bson:"organization"`
	Path         []kernel.OrganizationID `bson:"path"`
	Shelves      []string                `bson:"shelves"`
	StartsOn     kernel.Date             `bson:"startsOn"` // again outside Terms, for the index
	Terms        Terms                   `bson:"terms"`
	By           kernel.UserID           `bson:"by"`
	RecordedAt   time.Time               `bson:"recordedAt"`
}

type repository struct {
	db         *store.DB
	programmes *store.Collection[programmeDoc]
}

func newRepository(db *store.DB) *repository {
	return &repository{db: db, programmes: store.Open[programmeDoc](db, store.Spec{Name: "programmes_programmes", Indexes: []store.Index{
		{Name: "shelf", Fields: []string{"shelves", "startsOn"}, Many: "shelves"},
		{Name: "start", Fields: []string{"startsOn"}},
	}})}
}

// shelf of what an organisation and the places beneath it have.
func shelf(o kernel.OrganizationID) string { return string(o) }

// shelfBeneath is of what an organisation has, for those beneath it.
func shelfBeneath(o kernel.OrganizationID) string { return "of/" + string(o) }

func docOf(p Programme) programmeDoc {
	d := programmeDoc{
		Doc: store.Doc{ID: p.ID, Version: p.Stored}, Organization: p.Organization, Path: p.Path, StartsOn: p.Terms.StartsOn, Terms: p.Terms,
		By: p.By, RecordedAt: p.RecordedAt, Shelves: []string{shelfBeneath(p.Organization)},
	}
	for _, o := range p.Path {
		d.Shelves = append(d.Shelves, shelf(o))
	}
	return d
}

func (d programmeDoc) programme() Programme {
	return Programme{
		ID: d.ID, Organization: d.Organization, Path: d.Path, Terms: d.Terms, By: d.By, RecordedAt: d.RecordedAt, Stored: d.Version,
	}
}

func (r *repository) programme(ctx context.Context, id string) (Programme, error) {
	d, err := r.programmes.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return Programme{}, ErrUnknown
	}
	return d.programme(), err
}

func (r *repository) save(ctx context.Context, p *Programme) error {
	d := docOf(*p)
	err := r.programmes.Replace(ctx, &d)
	p.Stored = d.Version
	return err
}
