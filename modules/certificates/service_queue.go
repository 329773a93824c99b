package certificates

import (
	"context"
	"errors"

	"carecert/modules/certificates/rule"
	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
)

// Waiting narrows the queue of the verifier.
type Waiting struct {
	Organization kernel.OrganizationID
	Family       Family
	Level        kernel.SkillLevel
	Finding      string // a class of rule.Classes
}

// Queue pages what waits to be compared, the oldest first. A filter is a set
// of places in one index, so that a page costs the same however long the queue.
func (s *Service) Queue(ctx context.Context, w Waiting, limit int, cursor string) (Page, error) {
	roots, err := s.roots(ctx, w.Organization)
	if err != nil || len(roots) == 0 {
		return Page{}, err
	}
	queries := s.waiting(w, roots)
	less := func(a, b certificateDoc) bool { return a.RecordedAt.Before(b.RecordedAt) }
	if len(roots) > 1 || len(queries) == 1 {
		found, err := listing.Read(ctx, s.repo.certificates, limit, cursor, listing.Phase[certificateDoc]{Queries: queries, Less: less})
		return listing.Map(found, certificateDoc.read), err
	}
	// Under one root the places have nothing in common: their counts add up.
	var out Page
	for i := range queries {
		n, more, err := s.repo.certificates.Count(ctx, queries[i], web.CountLimit)
		if err != nil {
			return out, err
		}
		out.Total, out.More = out.Total+n, out.More || more
		queries[i].Limit, queries[i].After = limit, cursor
	}
	out.Total, out.More = min(out.Total, web.CountLimit), out.More || out.Total > web.CountLimit
	page, err := store.FindMany(ctx, s.repo.certificates, queries, less)
	if errors.Is(err, store.ErrBadCursor) {
		return out, fault.ErrInvalid.At("query.cursor", "input.cursor", "")
	}
	out.Next = page.Next
	for _, d := range page.Items {
		out.Items = append(out.Items, d.read())
	}
	return out, err
}

// waiting lists the places of the index that a filter means: seven at most.
func (s *Service) waiting(w Waiting, roots []string) []store.Query {
	var out []store.Query
	for _, root := range roots {
		add := func(index string, equal ...any) {
			index, begin := under(root, index)
			out = append(out, store.Query{Index: index, Equal: append(begin, equal...)})
		}
		switch {
		case w.Level != kernel.NoLevel || w.Finding != "":
			for _, place := range w.places() {
				if w.Family != "" {
					add("familyQueue", string(w.Family)+"|"+place)
				} else {
					add("queue", place)
				}
			}
		case w.Family != "":
			add("family", string(w.Family), string(StatusClaimed))
		default:
			add("status", string(StatusClaimed))
		}
	}
	return out
}

// places are those of one level, of one class, or the one of both.
func (w Waiting) places() (out []string) {
	for level := kernel.Level1; level <= kernel.Level5; level++ {
		for _, class := range rule.Classes() {
			if (w.Level == kernel.NoLevel || w.Level == level) && (w.Finding == "" || w.Finding == class) {
				out = append(out, placeOf(level, class))
			}
		}
	}
	return out
}
