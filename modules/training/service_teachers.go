package training

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
)

// EnterTeacher puts a teacher on the list of a provider in reach.
func (s *Service) EnterTeacher(ctx context.Context, provider kernel.OrganizationID, i Instructor) (Instructor, error) {
	card, err := s.Organizations.Card(ctx, provider)
	if fault.Missing(err) || (err == nil && !provides(ctx, card.Path)) {
		return i, ErrProviderUnknown.At("body.providerId", "training.provider_unknown", string(provider))
	} else if err != nil {
		return i, fmt.Errorf("read organisation %s: %w", provider, err)
	}
	i.ID, i.Provider, i.ProviderPath, i.Stored = kernel.NewID(), card.ID, card.Path, 1
	i.By, i.RecordedAt = kernel.ActorFrom(ctx).User, s.now()
	if err := i.Check(); err != nil {
		return i, err
	}
	return i, s.DB.Tx(ctx, func(ctx context.Context) error {
		if err := s.docs.instructors.Insert(ctx, docOfInstructor(i)); err != nil {
			return err
		}
		return s.record(ctx, "create", "teacher", i.ID, i.Provider, "", "name", i.Name)
	})
}

// ChangeTeacher changes what is known of a teacher; change edits a copy after it
// has checked the stored version.
func (s *Service) ChangeTeacher(ctx context.Context, id string, change func(*Instructor, int64) error) (i Instructor, err error) {
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if i, err = s.docs.instructor(ctx, id); err != nil {
			return err
		}
		if !provides(ctx, i.ProviderPath) {
			return ErrTeacherUnknown
		}
		if err := change(&i, i.Stored); err != nil {
			return err
		}
		if err := i.Check(); err != nil {
			return err
		}
		doc := docOfInstructor(i)
		if err := s.docs.instructors.Replace(ctx, &doc); err != nil {
			return err
		}
		i.Stored = doc.Version
		return s.record(ctx, "update", "teacher", i.ID, i.Provider, "", "name", i.Name)
	})
	return i, err
}

// TeacherFilter narrows the list of teachers.
type TeacherFilter struct {
	Provider kernel.OrganizationID
	Q        string // how the name begins
	Here     bool   // only who still teaches there
}

// Teachers pages through the teachers in reach, by name.
func (s *Service) Teachers(ctx context.Context, f TeacherFilter, limit int, after string) (listing.Listing[Instructor], error) {
	reach := kernel.ReachFrom(ctx)
	roots := reach.Roots
	if f.Provider != "" {
		if _, err := reach.Organization(ctx, s.Organizations, f.Provider, ErrProviderUnknown); err != nil {
			return listing.Listing[Instructor]{}, err
		}
		roots = []kernel.OrganizationID{f.Provider}
	}
	p := listing.Phase[instructorDoc]{Less: func(a, b instructorDoc) bool { return a.Name < b.Name }}
	name := strings.TrimSpace(f.Q)
	if f.Provider == "" && reach.Everywhere {
		p.Queries = []store.Query{{Index: "by_name", Prefix: name}}
	} else {
		for _, root := range roots {
			p.Queries = append(p.Queries, store.Query{Index: "by_provider", Equal: []any{string(root)}, Prefix: name})
		}
	}
	if f.Here {
		p.Keep = func(d instructorDoc) bool { return !d.Left }
	}
	found, err := listing.Read(ctx, s.docs.instructors, limit, after, p)
	if errors.Is(err, store.ErrBadCursor) {
		err = fault.ErrInvalid.At("query.cursor", "input.cursor", "")
	}
	return listing.Map(found, instructorDoc.instructor), err
}

// taughtBy resolves the teacher that a plan names from the provider's list.
// ErrTeacherUnknown, ErrTeacherLeft.
func (s *Service) taughtBy(ctx context.Context, c Class, was Plan, p *Plan) error {
	if p.TeacherID == "" {
		return nil
	}
	i, err := s.docs.instructor(ctx, p.TeacherID)
	if err == nil && i.Provider != c.Provider {
		err = ErrTeacherUnknown
	}
	if fault.Missing(err) {
		return ErrTeacherUnknown.At("body.teacherId", ErrTeacherUnknown.Code, p.TeacherID)
	}
	if err != nil {
		return err
	}
	if i.Left && p.TeacherID != was.TeacherID {
		return ErrTeacherLeft.With("name", i.Name).At("body.teacherId", ErrTeacherLeft.Code, p.TeacherID)
	}
	p.Teacher = i.Name
	p.Unqualified = !i.Qualified(kernel.DateOf(p.StartsAt))
	return nil
}
