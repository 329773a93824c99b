package organizations

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kit/pinyin"
	"carecert/modules/kit/store"
	"carecert/modules/organizations/rule"
)

// mainOccupation of the newest row: what a body is filed for where nothing is said.
func (s *Service) mainOccupation() []string {
	row, ok := kernel.Nearest(s.Filing, "", s.today())
	if !ok || row.MainOccupation == "" {
		return nil
	}
	return []string{row.MainOccupation}
}

// Warnings tells what is unusual about an organisation and yet allowed: one that
// seems to be registered twice, a second office of one region, an assessment body beyond the number that a
// province files for an occupation, a place that closes while somebody is still
// on post.
func (s *Service) Warnings(ctx context.Context, o Organization) ([]kernel.Reason, error) {
	if o.ClosedOn != "" {
		return s.inUse(ctx, o.ID, o.ClosedOn)
	}
	out, err := s.twins(ctx, o)
	if err != nil {
		return out, err
	}
	shared, err := s.sharers(ctx, o)
	out = append(out, shared...)
	if err != nil || o.Kind != AssessmentBody {
		return out, err
	}
	if p := rule.AssessmentProvince(o.AssessmentCode); p != "" && p != o.province() {
		out = append(out, kernel.Because("organizations.code_elsewhere", "", "digits", p, "province", o.province()))
	}
	bodies, err := s.tooMany(ctx, o)
	return append(out, bodies...), err
}

// twins names the open organisations in the reader's reach that may be the same
// one registered twice: of one name, now or before, in one district, or of one code in one
// street. One code may cover several sites (DESIGN §2), so neither is refused.
func (s *Service) twins(ctx context.Context, o Organization) ([]kernel.Reason, error) {
	var out []kernel.Reason
	reach := kernel.ReachFrom(ctx)
	look := func(code string, q store.Query, same func(organizationDoc) bool) error {
		var names []string
		err := s.docs.organizations.Each(ctx, q, func(d organizationDoc) error {
			if d.ID != string(o.ID) && d.ClosedOn == "" && d.Kind == o.Kind && d.Division == string(o.Division) && same(d) && reach.Covers(ids(d.Path)) {
				names = append(names, d.Name)
			}
			if len(names) == mostNames {
				return store.Stop
			}
			return nil
		})
		if err == nil && len(names) > 0 {
			out = append(out, kernel.Because(code, "", "names", strings.Join(names, "、")))
		}
		return err
	}
	name := pinyin.Fold(o.Name)
	err := look("organizations.twin_by_name", store.Query{Index: "called", Equal: []any{name}}, func(organizationDoc) bool { return true })
	if err == nil && o.CreditCode != "" && o.Street != "" {
		q := store.Query{Index: "codeInStreet", Equal: []any{o.CreditCode, string(o.Street)}}
		err = look("organizations.twin_by_code", q, func(d organizationDoc) bool { return !slices.Contains(d.Called, name) })
	}
	return out, err
}

// sharers names the other open offices of the region: everybody there is under
// all of them.
func (s *Service) sharers(ctx context.Context, o Organization) ([]kernel.Reason, error) {
	held, err := s.docs.seats.Get(ctx, string(o.Seat()))
	if errors.Is(err, store.ErrNotFound) || o.Seat() == "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	others, err := s.docs.organizations.GetMany(ctx, slices.DeleteFunc(held.Holders, func(h string) bool { return h == string(o.ID) }))
	if err != nil || len(others) == 0 {
		return nil, err
	}
	var names []string
	for _, d := range others[:min(len(others), mostNames)] {
		names = append(names, d.Name)
	}
	return []kernel.Reason{seatShared(strings.Join(names, "、"))}, nil
}

const codeSeatShared = "organizations.seat_shared"

func seatShared(names string) kernel.Reason {
	return kernel.Because(codeSeatShared, "", "names", names)
}

// tooMany names the assessment bodies of a province that are more than it files
// for an occupation.
func (s *Service) tooMany(ctx context.Context, o Organization) ([]kernel.Reason, error) {
	row, ok := kernel.Nearest(s.Filing, o.Region(), max(s.today(), o.Validity.From))
	if !ok {
		return nil, nil
	}
	var out []kernel.Reason
	for _, code := range o.Occupations {
		var others []rule.Filing
		q := store.Query{Index: "filed", Equal: []any{filedUnder(o.province(), code)}}
		err := s.docs.organizations.Each(ctx, q, func(d organizationDoc) error {
			others = append(others, filingOf(d.organization()))
			if len(others) >= most {
				return store.Stop
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		together := row.TooMany(filingOf(o), others)
		if together == nil {
			continue
		}
		names := make([]string, 0, len(together))
		for _, f := range together {
			names = append(names, f.Name)
		}
		out = append(out, kernel.Because("organizations.too_many_bodies", row.Source(), "occupation", code, "most", strconv.Itoa(row.MostPerProvince),
			"count", strconv.Itoa(len(together)), "names", strings.Join(names, "、")))
	}
	return out, nil
}

// soleBearer refuses a code that another body has which is not closed: numbers
// of certificates name their issuer by it. ErrCodeTaken.
func (s *Service) soleBearer(ctx context.Context, doc organizationDoc) error {
	if doc.bears() == "" || doc.ClosedOn != "" {
		return nil
	}
	others, err := s.bearers(ctx, doc.bears())
	if err != nil {
		return err
	}
	for _, o := range others {
		if o.ID != doc.ID && o.ClosedOn == "" {
			return codeTaken(o.Name)
		}
	}
	return nil
}

// codeTaken names who has the code.
func codeTaken(by string) error {
	return ErrCodeTaken.At("body.assessmentCode", "organizations.assessment_code_taken", "").With("name", by)
}

// bearers are the bodies that have, or had, a code.
func (s *Service) bearers(ctx context.Context, code string) (out []organizationDoc, err error) {
	err = s.docs.organizations.Each(ctx, store.Query{Index: "assessmentCode", Equal: []any{code}}, func(d organizationDoc) error {
		if d.bears() == code {
			out = append(out, d)
		}
		return nil
	})
	return out, err
}

// filingOf is the body as it is filed; it ends when it closes.
func filingOf(o Organization) rule.Filing {
	return rule.Filing{ID: o.ID, Name: o.Name, Period: o.validity()}
}

// validity of an assessment body, which ends on the day it closes.
func (o Organization) validity() kernel.Period {
	p := o.Validity
	if o.ClosedOn != "" && (p.To == "" || o.ClosedOn < p.To) {
		p.To = o.ClosedOn
	}
	return p
}
