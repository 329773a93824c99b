package training

import (
	"context"
	"strconv"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/store"
)

// PublishCourse adds a course to the catalogue, at version 1.
func (s *Service) PublishCourse(ctx context.Context, t Terms) (Course, error) {
	owner, err := s.owner(ctx)
	if err != nil {
		return Course{}, err
	}
	c := Course{
		ID: kernel.CourseID(kernel.NewID()), Version: 1, Terms: t, Owner: owner,
		By: kernel.ActorFrom(ctx).User, RecordedAt: s.now(), Stored: 1,
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if err := s.docs.courses.Insert(ctx, docOfCourse(c)); err != nil {
			return err
		}
		if err := s.docs.versions.Insert(ctx, docOfVersion(c)); err != nil {
			return err
		}
		return s.record(ctx, "create", "course", string(c.ID), first(owner), "")
	})
	return c, err
}

// owner is the organisation that the actor publishes for: the first granted.
func (s *Service) owner(ctx context.Context) ([]kernel.OrganizationID, error) {
	for _, g := range kernel.ActorFrom(ctx).Grants {
		if g.Organization != "" {
			card, err := s.Organizations.Card(ctx, g.Organization)
			return card.Path, err
		}
	}
	return nil, nil
}

func first(path []kernel.OrganizationID) kernel.OrganizationID {
	if len(path) == 0 {
		return ""
	}
	return path[0]
}

// ReviseCourse publishes the next version; change edits a copy of the terms
// after it has checked the stored version.
func (s *Service) ReviseCourse(ctx context.Context, id kernel.CourseID, change func(*Terms, int64) error) (c Course, err error) {
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if c, err = s.docs.course(ctx, id); err != nil {
			return err
		}
		if !provides(ctx, c.Owner) {
			return ErrCourseUnknown
		}
		terms := c.Terms
		if err := change(&terms, c.Stored); err != nil {
			return err
		}
		c = c.Revise(terms, kernel.ActorFrom(ctx).User, s.now())
		doc := docOfCourse(c)
		if err := s.docs.courses.Replace(ctx, &doc); err != nil {
			return err
		}
		c.Stored = doc.Version
		if err := s.docs.versions.Insert(ctx, docOfVersion(c)); err != nil {
			return err
		}
		return s.record(ctx, "revise", "course", string(id), first(c.Owner), "", "version", strconv.Itoa(c.Version))
	})
	return c, err
}

// Course reads a course at a version; 0 is the latest.
func (s *Service) Course(ctx context.Context, id kernel.CourseID, version int) (Course, error) {
	latest, err := s.docs.course(ctx, id)
	if err != nil || version == 0 || version == latest.Version {
		return latest, err
	}
	doc, err := s.docs.versions.Get(ctx, string(id)+":"+strconv.Itoa(version))
	return doc.course(), unknown(err, ErrCourseUnknown)
}

// CourseVersions lists what was published under one course, oldest first.
func (s *Service) CourseVersions(ctx context.Context, id kernel.CourseID) ([]Course, error) {
	if _, err := s.docs.course(ctx, id); err != nil {
		return nil, err
	}
	var out []Course
	err := s.docs.versions.Each(ctx, store.Query{Index: "by_course", Equal: []any{string(id)}}, func(d versionDoc) error {
		out = append(out, d.course())
		return nil
	})
	return out, err
}

// CourseFilter narrows the catalogue.
type CourseFilter struct {
	Category Category
	Q        string
}

func (f CourseFilter) keeps(d courseDoc) bool {
	return (f.Category == "" || d.Terms.Category == f.Category) && strings.Contains(strings.ToLower(d.Title), strings.ToLower(f.Q))
}

// Courses pages through the catalogue by title.
func (s *Service) Courses(ctx context.Context, f CourseFilter, limit int, after string) (listing.Listing[Course], error) {
	p := listing.Phase[courseDoc]{
		Queries: []store.Query{{Index: "by_title"}},
		Less:    func(a, b courseDoc) bool { return a.Title < b.Title },
	}
	if f != (CourseFilter{}) {
		p.Keep = f.keeps
	}
	found, err := listing.Read(ctx, s.docs.courses, limit, after, p)
	return listing.Map(found, courseDoc.course), err
}
