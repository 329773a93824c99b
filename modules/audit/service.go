package audit

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
)

// Service holds the use cases.
type Service struct {
	docs          *repository
	clock         kernel.Clock
	log           *slog.Logger
	keys          Keys
	organizations Organizations
	users         Users
	exportLimit   int
}

// Record writes a row of the log, in the transaction of ctx: the row stands
// when and only when the change does.
func (s *Service) Record(ctx context.Context, a kernel.Act) error {
	path, err := s.path(ctx, a.Organization)
	if err != nil {
		return fmt.Errorf("record %s %s: %w", a.Verb, a.Noun, err)
	}
	e := entryOf(a, kernel.ActorFrom(ctx), path, s.clock.Now())
	_, mac, err := s.mac(e)
	if err != nil {
		return err
	}
	if err := s.docs.rows.Insert(ctx, rowOf(e, mac)); err != nil {
		return fmt.Errorf("record %s %s: %w", a.Verb, a.Noun, err)
	}
	return nil
}

// path is in whose trees the organisation stands today. One that is not known
// has only itself.
func (s *Service) path(ctx context.Context, id kernel.OrganizationID) ([]kernel.OrganizationID, error) {
	if id == "" {
		return nil, nil
	}
	card, err := s.organizations.Card(ctx, id)
	if f, refused := fault.From(err); refused && f.Kind == fault.NotFound {
		return []kernel.OrganizationID{id}, nil
	}
	return card.Path, err
}

// List is a page of the log.
type List struct {
	Items []Sequenced
	Next  string
	Total int64
	More  bool // there are more than Total
}

const (
	// walkLimit is how many rows one answer may look at for what no index
	// answers; a page may then be short and still have a next.
	walkLimit  = 5_000
	walkPage   = 500
	countLimit = 10_000
)

// List reads the log newest first, as far as the actor's reach goes.
func (s *Service) List(ctx context.Context, f Filter, limit int, cursor string) (List, error) {
	sel, reaches, err := s.choose(ctx, f)
	if err != nil || !reaches {
		return List{}, err
	}
	at, err := parsePlace(cursor)
	if err != nil {
		return List{}, err
	}
	out := List{}
	size := walkPage
	if sel.exact {
		size = limit
	}
	for looked, on := 0, true; on && len(out.Items) < limit && looked < walkLimit; {
		page, err := s.page(ctx, sel, size, at.after)
		if err != nil {
			return List{}, err
		}
		for at.skip < len(page.Items) && len(out.Items) < limit {
			if d := page.Items[at.skip]; sel.match(d) {
				out.Items = append(out.Items, d.sequenced())
			}
			at.skip++
			looked++
		}
		if at.skip >= len(page.Items) {
			at, on = place{after: page.Next}, page.Next != ""
		}
		out.Next = ""
		if on {
			out.Next = at.String()
		}
	}
	out.Total, out.More, err = s.count(ctx, sel)
	return out, err
}

// place is where a list goes on: rows of a page that have been looked at.
type place struct {
	skip  int
	after string // the store's cursor of that page
}

func (p place) String() string { return strconv.Itoa(p.skip) + "." + p.after }

func parsePlace(cursor string) (p place, err error) {
	if cursor == "" {
		return p, nil
	}
	skip, after, ok := strings.Cut(cursor, ".")
	p.after = after
	if p.skip, err = strconv.Atoi(skip); err != nil || !ok || p.skip < 0 || p.skip > walkPage {
		return p, store.ErrBadCursor
	}
	return p, nil
}

// Each walks the whole answer of a filter, newest first: for exports.
func (s *Service) Each(ctx context.Context, f Filter, fn func(Sequenced) error) error {
	sel, reaches, err := s.choose(ctx, f)
	if err != nil {
		return err
	}
	for cursor := ""; reaches; {
		page, err := s.page(ctx, sel, walkPage, cursor)
		if err != nil {
			return err
		}
		for _, e := range sel.keep(page.Items) {
			if err := fn(e); err != nil {
				return err
			}
		}
		cursor = page.Next
		reaches = cursor != ""
	}
	return nil
}

// choose scopes the filter; false when nothing at all is in reach. Rows hold
// who acted by id and by name: a user name is looked up first.
func (s *Service) choose(ctx context.Context, f Filter) (selection, bool, error) {
	if f.Actor != "" {
		switch user, err := s.users.Named(ctx, f.Actor); {
		case err != nil:
			return selection{}, false, err
		case user != "":
			f.Actor = string(user)
		}
	}
	reach := kernel.ReachFrom(ctx)
	if reach.Everywhere {
		return choose(f, nil), true, nil
	}
	roots := make([]string, len(reach.Roots))
	for i, o := range reach.Roots {
		roots[i] = string(o)
	}
	return choose(f, roots), len(roots) > 0, nil
}

func (s *Service) page(ctx context.Context, sel selection, limit int, cursor string) (store.Page[rowDoc], error) {
	queries := make([]store.Query, len(sel.queries))
	for i, q := range sel.queries {
		q.Limit, q.After = limit, cursor
		queries[i] = q
	}
	if len(queries) == 1 {
		return s.docs.rows.Find(ctx, queries[0])
	}
	return store.FindMany(ctx, s.docs.rows, queries, newestFirst)
}

// count is exact to 10,000 where an index answers the filter, and to 5,000
// rows looked at where it does not.
func (s *Service) count(ctx context.Context, sel selection) (n int64, more bool, err error) {
	if sel.exact {
		return s.docs.rows.Count(ctx, sel.queries[0], countLimit)
	}
	cursor := ""
	for looked := 0; looked < walkLimit; {
		page, err := s.page(ctx, sel, walkPage, cursor)
		if err != nil {
			return 0, false, err
		}
		looked += len(page.Items)
		n += int64(len(sel.keep(page.Items)))
		if cursor = page.Next; cursor == "" {
			return n, false, nil
		}
	}
	return n, true, nil
}

// keep compares what the index did not answer.
func (sel selection) keep(rows []rowDoc) []Sequenced {
	var out []Sequenced
	for _, d := range rows {
		if sel.match(d) {
			out = append(out, d.sequenced())
		}
	}
	return out
}
