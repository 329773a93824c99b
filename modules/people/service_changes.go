package people

import (
	"context"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

// ChangedSince lists what a link shows of the record, in the reader's language,
// that the register no longer says so. It tells nothing that the link does not
// show: not what came since, nor what the register says instead.
func (s *Service) ChangedSince(ctx context.Context, l Link) ([]kernel.RecordItem, error) {
	doc, err := s.latest(ctx, l.Person)
	if err != nil {
		return nil, err
	}
	st, err := s.story(ctx, doc.person())
	if err != nil {
		return nil, err
	}
	now := disclosed(st.Items)
	var out []kernel.RecordItem
	for _, i := range l.Summary.Items[web.Language(ctx)] {
		if !slices.ContainsFunc(now, func(o kernel.RecordItem) bool { return sameItem(i, o) }) {
			out = append(out, i)
		}
	}
	return out, nil
}

// sameItem tells whether two items say the same. An organisation may have another
// name by now, and a year's hours are dated as they are looked at.
func sameItem(a, b kernel.RecordItem) bool {
	facts := func(x, y kernel.RecordFact) bool { return x.Key == y.Key && x.Value == y.Value }
	return a.Chapter == b.Chapter && a.Title == b.Title && (a.On == b.On || a.Chapter == kernel.ChapterHours) &&
		a.Until == b.Until && a.Open == b.Open && a.State == b.State && slices.EqualFunc(a.Facts, b.Facts, facts)
}

// keeps tells whether somebody writes a chapter of the record: of the others
// the register knows nothing, which is not to say that there is nothing.
func (s *Service) keeps(chapter string) bool {
	return chapter == kernel.ChapterSpells || slices.ContainsFunc(s.Chapters, func(c Chapter) bool { return c.Name() == chapter })
}

// emptyWords say of a chapter without an item what that means.
func (s *Service) emptyWords(ctx context.Context, chapter string) string {
	if !s.keeps(chapter) {
		return web.Text(ctx, "people.record.unkept")
	}
	return web.Text(ctx, "people.record.empty."+chapter)
}
