package organizations

import (
	"context"
	"strconv"
	"strings"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
)

// mostNames of a refusal.
const mostNames = 10

// inUse tells what still goes on at a place after a day: who is on post there,
// and which classes are to be held; nil for nothing.
func (s *Service) inUse(ctx context.Context, id kernel.OrganizationID, after kernel.Date) ([]kernel.Reason, error) {
	var out []kernel.Reason
	say := func(code string, names []string, total int) {
		if total > 0 {
			shown := strings.Join(names[:min(len(names), mostNames)], "、")
			out = append(out, kernel.Because(code, "", "count", strconv.Itoa(total), "names", shown, "on", string(after)))
		}
	}
	if s.People != nil {
		names, total, err := s.People.OnPostAfter(ctx, id, after)
		if err != nil {
			return nil, err
		}
		say("organizations.in_use_people", names, total)
	}
	if s.Classes != nil {
		titles, err := s.Classes.OpenAfter(ctx, id, after)
		if err != nil {
			return nil, err
		}
		say("organizations.in_use_classes", titles, len(titles))
	}
	return out, nil
}

// closable refuses to close a place that is in use: who is on post there is
// ended or moved first. A day to come is only warned about.
func (s *Service) closable(ctx context.Context, id kernel.OrganizationID, on kernel.Date) error {
	if on > s.today() {
		return nil
	}
	found, err := s.inUse(ctx, id, on)
	if err != nil || len(found) == 0 {
		return err
	}
	refusal := *ErrInUse
	for _, r := range found {
		refusal.Fields = append(refusal.Fields, fault.Field{Location: "body.closedOn", Code: r.Code, Params: r.Params})
	}
	return &refusal
}
