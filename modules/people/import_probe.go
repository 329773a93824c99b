package people

import (
	"context"

	"carecert/modules/kernel"
	"carecert/modules/kit/probe"
)

const purposeProbe = "people.probe" // of the names that a number was tried with

// probed keeps a table from telling who is registered: every registered number
// whose bearer the sender does not see is written down once an hour, also in a
// trial run. Numbers with a wrong name go on the account that POST /people
// keeps, and when that is full the whole import stops. ErrTooManyProbes.
func (i *Importer) probed(ctx context.Context, lines []*line, known map[string]*personDoc) error {
	s, reach, today := i.service, kernel.ReachFrom(ctx), i.service.today()
	var hits []probe.Hit
	var limits probe.Limits // where one of them works tells them
	for _, l := range lines {
		p := l.bearer(known)
		if p == nil || l.doc.Name == "" || p.person().visible(reach, today) {
			continue
		}
		match := p.called(l.doc.Name)
		hits = append(hits, probe.Hit{
			Key: p.ID + "~" + s.Secrets.Blind(purposeProbe, l.doc.Name), Free: match,
			Note: func(ctx context.Context) error { return s.Audit.Record(ctx, probeOf(*p, match)) },
		})
		limits = s.limits(*p)
	}
	if len(hits) == 0 {
		return nil
	}
	return s.guard.Count(ctx, limits, hits...)
}
