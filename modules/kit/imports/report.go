package imports

import (
	"context"
	"fmt"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/job"
	"carecert/modules/kit/store"
)

// inReach reads an import that the reader may see.
func (s *Service) inReach(ctx context.Context, id string) (importDoc, error) {
	d, err := s.repo.get(ctx, id)
	if err == nil && !d.covered(kernel.ReachFrom(ctx)) {
		err = ErrUnknown
	}
	return d, err
}

// change reads an import that the actor may change by a verb: their own tree's,
// or what their own office has sent. ErrNotSender for one that they only see.
func (s *Service) change(ctx context.Context, id, verb string) (importDoc, error) {
	d, err := s.repo.get(ctx, id)
	if err != nil {
		return d, err
	}
	if d.covered(kernel.ReachFrom(ctx)) || d.fromOffice(kernel.ActorFrom(ctx)) {
		return d, nil
	}
	reach, sees, err := s.permits.Reach(ctx, "import", "read")
	if err != nil {
		return d, fmt.Errorf("who may %s imports: %w", verb, err)
	}
	if sees && d.covered(reach) {
		return d, ErrNotSender
	}
	return d, ErrUnknown
}

// Named gives imports by their ids, whoever asks; unknown ones are left out.
func (s *Service) Named(ctx context.Context, ids []string) ([]Import, error) {
	docs, err := s.repo.imports.GetMany(ctx, ids)
	out := make([]Import, 0, len(docs))
	for _, d := range docs {
		out = append(out, d.public())
	}
	return out, err
}

// Report tells how far an import is and what was found; ErrUnknown.
func (s *Service) Report(ctx context.Context, id string) (Report, error) {
	d, err := s.inReach(ctx, id)
	if err != nil {
		return Report{}, err
	}
	return s.report(ctx, s.standing(ctx, d))
}

// standing is an import as it stands: a job that was given up could not write
// that down itself.
func (s *Service) standing(ctx context.Context, d importDoc) importDoc {
	if d.Status == Queued || d.Status == Running {
		if cause, at := s.givenUp(ctx, jobKind+":"+d.ID); cause != nil {
			d.Status, d.Failure, d.FinishedAt = Failed, cause, at
		}
	}
	return d
}

// leftSomething tells whether an import is over and left rows in the register, all
// or those from before it was given up, or rows to mend.
func (d importDoc) leftSomething() bool {
	return (d.Status == Done || d.Status == Failed) && d.Counts.Created+d.Counts.Updated+d.ToMend > 0
}

// givenUp is why a job was given up, which it could not write down itself; nil
// while it was not.
func (s *Service) givenUp(ctx context.Context, id string) (*Problem, *time.Time) {
	st, err := s.jobs.Status(ctx, id)
	if err != nil || st.State != job.Failed || st.Cause == nil {
		return nil, nil
	}
	return &Problem{Code: st.Cause.Code, Params: st.Cause.Params}, st.FinishedAt
}

// report adds the first findings. It stops reading as soon as the counts say
// that there is nothing left to find.
func (s *Service) report(ctx context.Context, d importDoc) (Report, error) {
	i, err := s.public(ctx, d)
	if err != nil {
		return Report{}, err
	}
	r := Report{Import: i}
	rejected, warned := 0, 0
	err = s.repo.rows(ctx, d.ID, func(row rowDoc) error {
		if row.Action == Rejected {
			rejected++
		}
		if len(row.Warnings) > 0 {
			warned++
		}
		r.Errors = first(r.Errors, row.Number, row.Problems)
		r.Warnings = first(r.Warnings, row.Number, row.Warnings)
		if d.DryRun && len(r.Preview) < d.Previewed {
			r.Preview = append(r.Preview, Preview{Row: row.Number, Action: row.Action, Label: row.Label, Changes: row.Changes})
		}
		full := (len(r.Errors) > inline || rejected == d.Counts.Rejected) && (len(r.Warnings) > inline || warned == d.Counts.Warnings)
		if full && len(r.Preview) == d.Previewed {
			return store.Stop
		}
		return nil
	})
	if r.MoreErrors = len(r.Errors) > inline; r.MoreErrors {
		r.Errors = r.Errors[:inline]
	}
	if r.MoreWarnings = len(r.Warnings) > inline; r.MoreWarnings {
		r.Warnings = r.Warnings[:inline]
	}
	return r, err
}

// first adds findings until there is one too many.
func first(to []Finding, row int, problems []Problem) []Finding {
	for _, p := range problems {
		if len(to) <= inline {
			to = append(to, Finding{row, p})
		}
	}
	return to
}

func (s *Service) public(ctx context.Context, d importDoc) (Import, error) {
	d.Withdrawal = s.withdrawalOf(ctx, d)
	i := d.public()
	mine := func(verb string) (bool, error) {
		if d.fromOffice(kernel.ActorFrom(ctx)) {
			return true, nil
		}
		reach, may, err := s.permits.Reach(ctx, "import", verb)
		return may && d.covered(reach), err
	}
	_, can := s.importers[d.Kind].(Withdrawer)
	running := d.Withdrawal != nil && d.Withdrawal.Stage == Withdrawing
	var err error
	if can && !d.DryRun && d.WithdrawnAt == nil && !running && d.leftSomething() {
		if i.Withdrawable, err = mine("withdraw"); err != nil {
			return i, err
		}
	}
	if d.ToMend > 0 {
		i.Dismissable, err = mine("dismiss")
	}
	return i, err
}

// Page is a page of imports.
type Page struct {
	Items []Import
	Next  string
	Total int64
	More  bool
}

// Filter of the list.
type Filter struct {
	Organization kernel.OrganizationID // and what is under it; "" for all in reach
	ToMend       bool                  // only with refused rows that are to be mended
}

// List pages through the imports in reach, the newest first; ErrSenderUnknown
// of an organisation out of reach.
func (s *Service) List(ctx context.Context, f Filter, limit int, cursor string) (Page, error) {
	reach := kernel.ReachFrom(ctx)
	if f.Organization != "" {
		if _, err := reach.Organization(ctx, s.organizations, f.Organization, ErrSenderUnknown); err != nil {
			return Page{}, err
		}
		reach = kernel.Reach{Roots: []kernel.OrganizationID{f.Organization}}
	}
	docs, total, more, err := s.repo.page(ctx, reach, f.ToMend, limit, cursor)
	if err != nil {
		return Page{}, err
	}
	p := Page{Next: docs.Next, Total: total, More: more}
	for _, d := range docs.Items {
		i, err := s.public(ctx, s.standing(ctx, d))
		if err != nil {
			return p, err
		}
		p.Items = append(p.Items, i)
	}
	return p, nil
}
