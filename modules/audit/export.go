package audit

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kit/sheet"
	"carecert/modules/kit/store"
)

// ExportLimit is how many entries one file holds; its last row says so when it
// was cut there.
const ExportLimit = 100_000

// columns of an exported log; their words are audit.column.….
var columns = []string{
	"sequence", "at", "actor", "userId", "address", "verb", "noun",
	"subjectId", "organizationId", "reason", "detail", "requestId",
}

// Words says a message in the reader's language.
type Words func(code string) string

// Export records that the log is taken out, and answers how to write the
// entries of the filter, newest first, as far as the actor's reach goes.
func (s *Service) Export(ctx context.Context, f Filter, say Words) (func(sheet.Writer) error, error) {
	act := kernel.Act{Verb: "export", Noun: "audit", Organization: f.Organization, Detail: map[string]string{}}
	for name, value := range map[string]string{"noun": f.Noun, "verb": f.Verb, "id": f.ID} {
		if value != "" {
			act.Detail[name] = value
		}
	}
	if err := s.Record(ctx, act); err != nil {
		return nil, err
	}
	return func(out sheet.Writer) error { return s.write(ctx, f, say, out) }, nil
}

func (s *Service) write(ctx context.Context, f Filter, say Words, out sheet.Writer) error {
	titles := make([]string, len(columns))
	for i, c := range columns {
		titles[i] = say("audit.column." + c)
	}
	if err := out.Row(titles...); err != nil {
		return err
	}
	left, cut := s.exportLimit, false
	err := s.Each(ctx, f, func(e Sequenced) error {
		if cut = left == 0; cut {
			return store.Stop
		}
		left--
		return out.Row(cells(e, say)...)
	})
	if !cut {
		return err
	}
	return out.Row(say("audit.export_cut"))
}

func cells(e Sequenced, say Words) []string {
	name, sequence := e.Name, ""
	if e.System {
		name = strings.TrimSpace(say("audit.actor.system") + " " + e.Name)
	}
	if e.Sequence > 0 {
		sequence = strconv.FormatInt(e.Sequence, 10)
	}
	detail := make([]string, 0, len(e.Detail))
	for _, k := range slices.Sorted(maps.Keys(e.Detail)) {
		detail = append(detail, k+"="+e.Detail[k])
	}
	return []string{
		sequence, e.At.In(kernel.Shanghai()).Format("2006-01-02 15:04:05"), name, string(e.User), e.Address,
		e.Verb, e.Noun, e.Subject, string(e.Organization), e.Reason, strings.Join(detail, "; "), e.Request,
	}
}
