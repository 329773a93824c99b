package app

import (
	"context"
	"time"

	"carecert/modules/certificates"
	"carecert/modules/kernel"
	"carecert/modules/presentations"
	"carecert/modules/spotchecks"
)

// carried tells spotchecks of certificates and of how they are shown.
type carried struct {
	certificates *certificates.Service
	showings     *presentations.Service
}

// Codes implements spotchecks.Certificates.
func (c carried) Codes(ctx context.Context, people []kernel.PersonID, at time.Time) (map[kernel.PersonID]map[string]string, error) {
	return c.certificates.CodesOf(ctx, people, at)
}

// Lists implements spotchecks.Certificates.
func (c carried) Lists(ctx context.Context) (int, error) {
	n, err := c.certificates.Lists(ctx)
	return int(n), err
}

// Judge implements spotchecks.Certificates.
func (c carried) Judge(ctx context.Context, text string, at time.Time) (spotchecks.Judged, error) {
	j, err := c.certificates.JudgeAt(ctx, text, at)
	return spotchecks.Judged{
		Verdict: string(j.Verdict), Code: j.Certificate.Code, Person: j.Holder, NameMasked: j.Certificate.NameMasked, Title: j.Certificate.Title,
		ChangedOn: j.ChangedOn, Since: j.Since,
	}, err
}

// ShownAt implements spotchecks.Showings.
func (c carried) ShownAt(ctx context.Context, text string, at time.Time) (string, error) {
	kind, err := c.showings.ShownAt(ctx, text, at)
	return string(kind), err
}
