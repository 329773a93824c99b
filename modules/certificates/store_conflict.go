package certificates

import (
	"context"
	"errors"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

type conflictDoc struct {
	store.Doc `bson:",inline"`
	Number    string                  `bson:"number"`
	Held      Side                    `bson:"held"`
	Claimed   Side                    `bson:"claimed"`
	Claim     Claim                   `bson:"claim"`
	Times     int                     `bson:"times"`
	By        kernel.UserID           `bson:"by"`
	ByName    string                  `bson:"byName"`
	At        time.Time               `bson:"at"`
	LatestAt  time.Time               `bson:"latestAt"`
	Status    ConflictStatus          `bson:"status"`
	Ruling    *Ruling                 `bson:"ruling,omitempty"`
	Reach     []kernel.OrganizationID `bson:"reach"`
	OpenOn    kernel.CertificateID    `bson:"openOn,omitempty"` // the certificate, while it is open
	Sides     []kernel.PersonID       `bson:"sides"`
}

func conflictSpec() store.Spec {
	return store.Spec{Name: "certificates_conflicts", Indexes: []store.Index{
		{Name: "reach_status", Fields: []string{"reach", "status", "at"}, Many: "reach"},
		{Name: "status", Fields: []string{"status", "at"}},
		{Name: "openOn", Fields: []string{"openOn"}, Where: "openOn"},
		{Name: "side", Fields: []string{"sides"}, Many: "sides"},
	}}
}

func conflictDocOf(c Conflict) conflictDoc {
	d := conflictDoc{
		Doc: store.Doc{ID: c.ID, Version: c.Stored}, Number: c.Number, Held: c.Held, Claimed: c.Claimed, Claim: c.Claim, Times: c.Times,
		By: c.By, ByName: c.ByName, At: c.At, LatestAt: c.LatestAt, Status: c.Status, Ruling: c.Ruling, Reach: c.Reach,
		Sides: []kernel.PersonID{c.Held.Person, c.Claimed.Person},
	}
	if c.Status == ConflictOpen {
		d.OpenOn = c.Held.Certificate
	}
	return d
}

func (d conflictDoc) read() Conflict {
	return Conflict{
		ID: d.ID, Number: d.Number, Held: d.Held, Claimed: d.Claimed, Claim: d.Claim, Times: d.Times, By: d.By, ByName: d.ByName,
		At: d.At, LatestAt: d.LatestAt, Status: d.Status, Ruling: d.Ruling, Reach: d.Reach, Stored: d.Version,
	}
}

// conflict by its id; ErrConflictUnknown.
func (r *repository) conflict(ctx context.Context, id string) (Conflict, error) {
	d, err := r.conflicts.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return Conflict{}, ErrConflictUnknown
	}
	return d.read(), err
}

// disputed tells whether an open conflict is about the certificate.
func (r *repository) disputed(ctx context.Context, id kernel.CertificateID) (bool, error) {
	n, _, err := r.conflicts.Count(ctx, store.Query{Index: "openOn", Equal: []any{string(id)}}, 1)
	return n > 0, err
}

// conflictsOf reads the conflicts that one of the records is a side of, each
// once.
func (r *repository) conflictsOf(ctx context.Context, records []kernel.PersonID) (out []Conflict, err error) {
	met := map[string]bool{}
	for _, p := range records {
		err := r.conflicts.Each(ctx, store.Query{Index: "side", Equal: []any{string(p)}}, func(d conflictDoc) error {
			if !met[d.ID] {
				met[d.ID], out = true, append(out, d.read())
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return out, nil
}
