package app

import (
	"context"

	"carecert/modules/certificates"
	"carecert/modules/kernel"
	"carecert/modules/kit/event"
	"carecert/modules/kit/imports"
	"carecert/modules/organizations"
	"carecert/modules/people"
	peoplerule "carecert/modules/people/rule"
	"carecert/modules/statistics"
	statisticsrule "carecert/modules/statistics/rule"
)

// reactQuality is the part of the table that tells of data quality: the
// register judges records, statistics counts the judgements.
func reactQuality(bus *event.Bus, m *Modules) {
	// A record was entered, changed or taken back: it is judged anew.
	event.InWords(bus, "people.judge", func(f people.Changed) kernel.PersonID {
		return f.Person
	}, m.People.Service.Judge)
	// Certificates changed: what is on the books of somebody.
	event.InWords(bus, "people.hear_papers", func(f certificates.HoldingsChanged) people.Papers {
		return people.Papers{Person: f.Person, Papers: papers(f.Holdings)}
	}, m.People.Service.HearPapers)
	// A number is claimed for two people, or was: both records are in doubt.
	event.InWords(bus, "people.hear_contests", func(f certificates.Contested) people.Contest {
		return people.Contest{Person: f.Person, Conflicts: f.Conflicts}
	}, m.People.Service.HearContests)
	// Refused rows of a file stand, were sent again or dismissed: they are
	// entries that the organisation owes, or owes no more.
	event.OnMany(bus, "statistics.hear_refusals", func(ctx context.Context, facts []imports.RefusalsChanged) error {
		all := make([]statistics.Judgement, 0, len(facts))
		for _, f := range facts {
			j, err := m.judgeRefusals(ctx, f)
			if err != nil {
				return err
			}
			all = append(all, j)
		}
		return m.Statistics.Service.HearQuality(ctx, all)
	})
	event.On(bus, "imports.follow_move", func(ctx context.Context, f organizations.Moved) error {
		return m.Imports.Service.FollowMove(ctx, f.Organization)
	})
	// A judgement changed: statistics counts from that day on.
	event.InWords(bus, "statistics.hear_quality", func(f people.QualityChanged) statistics.Judgement {
		return statistics.Judgement{Person: f.Person, On: f.On, Marks: qualityMarks(f.Marks)}
	}, m.Statistics.Service.HearQuality)
}

func papers(all []certificates.Holding) []peoplerule.Paper {
	out := make([]peoplerule.Paper, 0, len(all))
	for _, h := range all {
		if h.LeftAt != nil { // another record's now
			continue
		}
		p := peoplerule.Paper{ID: h.Certificate, IssuedOn: h.IssuedOn, EnteredOn: kernel.DateOf(h.RecordedAt)}
		if h.RejectedAt != nil {
			p.RefutedOn = kernel.DateOf(*h.RejectedAt)
		}
		out = append(out, p)
	}
	return out
}

func qualityMarks(all []peoplerule.Mark) []statisticsrule.Mark {
	out := make([]statisticsrule.Mark, 0, len(all))
	for _, m := range all {
		out = append(out, statisticsrule.Mark{
			Kind: string(m.Kind), Dimension: string(m.Dimension), Ref: m.Ref, Organization: m.Organization, Path: m.Path,
			From: m.From, To: m.To, Since: m.Since, Days: m.Days, Rows: m.Rows,
		})
	}
	return out
}
