package presentations

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Record is the part of one's links, for the export of everything about
// oneself.
type Record struct{ service *Service }

// Record gives the part.
func (m *Module) Record() Record { return Record{m.Service} }

// Name of the part.
func (Record) Name() string { return "certificateLinks" }

type ownLinkView struct {
	CertificateID kernel.CertificateID `json:"certificateId"`
	Label         string               `json:"label,omitempty"`
	CreatedAt     time.Time            `json:"createdAt"`
	ExpiresAt     time.Time            `json:"expiresAt"`
	RevokedAt     *time.Time           `json:"revokedAt,omitempty"`
	Visits        []visitView          `json:"visits"`
}

// Part lists the links of a person with who looked, the latest first; who may
// read it was decided by its owner.
func (r Record) Part(ctx context.Context, p kernel.PersonID) (any, error) {
	all, err := r.service.repo.linksOf(ctx, "person", string(p), listed)
	out := make([]ownLinkView, 0, len(all))
	for _, l := range all {
		v := ownLinkView{CertificateID: l.Certificate, Label: l.Label, CreatedAt: l.At, ExpiresAt: l.ExpiresAt, RevokedAt: l.RevokedAt, Visits: []visitView{}}
		q := store.Query{Index: "link", Equal: []any{l.ID}, Desc: true}
		if err := r.service.repo.visits.Each(ctx, q, func(d visitDoc) error {
			v.Visits = append(v.Visits, visitView(d.visit()))
			return nil
		}); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, err
}
