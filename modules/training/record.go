package training

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Record is training's part of a person's record, and its word on whether
// anything was built on a person.
type Record struct{ service *Service }

// Record gives the part that people shows.
func (m *Module) Record() Record { return Record{m.Service} }

// Name of the part.
func (Record) Name() string { return "training" }

type recordLine struct {
	ClassID       kernel.ClassID       `json:"classId"`
	Title         string               `json:"title"`
	Category      Category             `json:"category"`
	ProviderName  string               `json:"providerName"`
	StartsOn      kernel.Date          `json:"startsOn"`
	EndsOn        kernel.Date          `json:"endsOn"`
	State         SeatState            `json:"state"`
	EnrolledAt    time.Time            `json:"enrolledAt"`
	Result        string               `json:"result,omitempty"`
	CertificateID kernel.CertificateID `json:"certificateId,omitempty"`
}

// Part lists the classes of a person, latest first; who may read the record was
// decided by its owner.
func (r Record) Part(ctx context.Context, p kernel.PersonID) (any, error) {
	ids, err := r.service.enrolledIn(ctx, p)
	if err != nil {
		return nil, err
	}
	docs, err := r.service.docs.classes.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	lines := make([]recordLine, 0, len(docs))
	for _, d := range docs {
		c := d.class()
		i := c.seat(p)
		if i < 0 {
			continue
		}
		seat := c.Seats[i]
		lines = append(lines, recordLine{
			ClassID: c.ID, Title: c.Terms.Title, Category: c.Terms.Category, ProviderName: c.ProviderName,
			StartsOn: c.StartsOn, EndsOn: c.EndsOn, State: seat.State, EnrolledAt: seat.RecordedAt,
			Result: seat.Result, CertificateID: seat.Certificate,
		})
	}
	return lines, nil
}

// Built tells whether the person was ever enrolled.
func (r Record) Built(ctx context.Context, p kernel.PersonID) (bool, error) {
	found, err := r.service.docs.enrolments.Find(ctx, store.Query{Index: "by_person", Equal: []any{string(p)}, Limit: 1})
	return len(found.Items) > 0, err
}
