package app

import (
	"context"
	"time"

	"carecert/modules/certificates"
	"carecert/modules/hours"
	hoursrule "carecert/modules/hours/rule"
	"carecert/modules/kernel"
	"carecert/modules/kit/event"
	"carecert/modules/organizations"
	"carecert/modules/people"
	"carecert/modules/statistics"
	statisticsrule "carecert/modules/statistics/rule"
	"carecert/modules/surveys"
	"carecert/modules/training"
)

// react is the one table of "when X happens, Y does Z". A listener's name is
// stable: the outbox remembers by it who still has work to do.
func react(bus *event.Bus, m *Modules) {
	// A career changed: hours settles the person's years, statistics counts anew.
	event.InWords(bus, "hours.follow_careers", career, m.Hours.Service.FollowCareers)
	event.InWords(bus, "statistics.hear_careers", career, m.Statistics.Service.HearCareers)
	// Somebody became a director, or is none any more: a home without one is flagged.
	event.InWords(bus, "organizations.follow_directors", career, m.Organizations.Service.FollowDirectors)
	// An account's office sees the people of its tree: accounts follow careers.
	event.InWords(bus, "accounts.follow_people", func(f people.CareerChanged) kernel.PersonID {
		return f.Person
	}, m.Accounts.Service.FollowPeople)
	// Two records were one person, or were none after all: what rests on the
	// other moves over, and back.
	for _, follower := range []struct {
		name string
		mergeFollower
	}{
		{"accounts", m.Accounts.Service},
		{"training", m.Training.Service},
		{"hours", m.Hours.Service},
		{"certificates", m.Certificates.Service},
		{"statistics", m.Statistics.Service},
		{"notifications", m.Notifications.Service},
		{"surveys", m.Surveys.Service},
		{"presentations", m.Presentations.Service},
		{"spotchecks", m.SpotChecks.Service},
	} {
		name := follower.name
		follow := func(ctx context.Context, kept, gone kernel.PersonID) error {
			return settleMerge(ctx, m.People.Service, follower, kept, gone)
		}
		event.On(bus, name+".follow_merge", func(ctx context.Context, f people.Merged) error { return follow(ctx, f.Kept, f.Gone) })
		event.On(bus, name+".follow_unmerge", func(ctx context.Context, f people.Unmerged) error { return follow(ctx, f.Kept, f.Gone) })
	}
	// Offices changed above an organisation: its people are seen by others.
	event.On(bus, "people.follow_move", func(ctx context.Context, f organizations.Moved) error {
		return m.People.Service.FollowMove(ctx, f.Organization)
	})
	event.On(bus, "accounts.follow_move", func(ctx context.Context, f organizations.Moved) error {
		return m.Accounts.Service.FollowMove(ctx, f.Organization)
	})
	// An institution commissioned a school: it may follow its people's classes.
	event.On(bus, "training.widen_for_commission", func(ctx context.Context, f organizations.Commissioned) error {
		return m.Training.Service.WidenForCommission(ctx, f.School, f.Institution)
	})
	// A session was closed or corrected: the ledger credits what was proved.
	event.On(bus, "hours.record_session", func(ctx context.Context, f training.SessionClosed) error {
		return m.Hours.Service.RecordSession(ctx, held(f))
	})
	// A class ended: its learners are asked what they thought of it, and told so.
	event.On(bus, "surveys.open", func(ctx context.Context, f training.ClassEnded) error {
		x, opens, err := m.Surveys.Service.Open(ctx, surveys.Ended{
			Class: f.Class, Title: f.Title, Course: f.Course, Provider: f.Provider, ProviderName: f.ProviderName, ProviderPath: f.ProviderPath,
			Region: f.Region, Teachers: f.Teachers, Learners: f.Learners, EndsOn: f.EndsOn, At: f.RecordedAt,
		})
		if err != nil || !opens {
			return err
		}
		return m.Notifications.Service.Tell(ctx, surveyNotice(x, "survey.", f.Learners))
	})
	// A second person refused a presence: the credit is reversed.
	event.On(bus, "hours.refuse_presence", func(ctx context.Context, f training.PresenceRefused) error {
		return m.Hours.Service.RefusePresence(ctx, hours.Refusal{
			Session: f.Session, Person: f.Person, As: f.As, By: f.By, Reason: f.Reason, Finding: f.Finding, RecordedAt: f.RecordedAt,
		})
	})
	// Somebody passed pre-job training: the gate of GB 38600 knows since when.
	event.On(bus, "people.mark_pre_job", func(ctx context.Context, f training.Completed) error {
		if f.Category != training.CategoryPreJob {
			return nil
		}
		return m.People.Service.MarkPreJob(ctx, f.Person, f.On, f.Class)
	})
	// Somebody completed a class: coverage, social workers and programmes count it.
	event.InWords(bus, "statistics.hear_completions", completed, m.Statistics.Service.HearCompletions)
	// All certificates of a class were withdrawn: the class keeps its results, with the mark.
	event.On(bus, "training.mark_withdrawn", func(ctx context.Context, f certificates.Withdrawn) error {
		return m.Training.Service.MarkWithdrawn(ctx, f.Class, training.Withdrawal{On: f.On, Reason: f.Reason})
	})
	// The certificate of a class was revoked: who completed it has not, from that day on.
	event.On(bus, "statistics.hear_revocation", func(ctx context.Context, f certificates.Revoked) error {
		if f.Class == "" {
			return nil
		}
		return m.Statistics.Service.HearRevocation(ctx, statistics.Revoked{Person: f.Person, Class: f.Class, On: f.On, At: f.RecordedAt})
	})
	// A year's credit changed: statistics counts who has met it.
	event.On(bus, "statistics.hear_year", func(ctx context.Context, f hours.YearChanged) error {
		return m.Statistics.Service.HearYear(ctx, f.Person, f.Year, statistics.YearHours{
			Minutes: f.Minutes, Required: f.Required, PerHour: classHour, Rule: f.RuleVersion,
		})
	})
	// Certificates changed: hours knows the level, statistics the rate.
	event.On(bus, "hours.follow_holdings", func(ctx context.Context, f certificates.HoldingsChanged) error {
		return m.Hours.Service.FollowHoldings(ctx, f.Person, hoursHoldings(f.Holdings))
	})
	event.InWords(bus, "statistics.hear_holdings", func(f certificates.HoldingsChanged) statistics.Holdings {
		return statistics.Holdings{Person: f.Person, Holdings: statisticsHoldings(f.Holdings)}
	}, m.Statistics.Service.HearHoldings)
	reactQuality(bus, m)
	reactTold(bus, m)
	reactOversight(bus, m)
}

func completed(f training.Completed) statistics.Completed {
	return statistics.Completed{
		Person: f.Person, Class: f.Class, Standards: f.StandardCodes, Audience: f.Audience, Programme: f.Programme, On: f.On, At: f.RecordedAt,
	}
}

// mergeFollower is a module that keeps something by person.
type mergeFollower interface {
	FollowMerge(ctx context.Context, kept, gone kernel.PersonID) error
	FollowUnmerge(ctx context.Context, kept, gone kernel.PersonID) error
}

// settleMerge asks the register whether the merge stands rather than trusting
// the order in which facts are redelivered after a crash.
func settleMerge(ctx context.Context, register *people.Service, m mergeFollower, kept, gone kernel.PersonID) error {
	card, err := register.Card(ctx, gone)
	if err != nil {
		return err
	}
	if card.Merged == kept {
		return m.FollowMerge(ctx, kept, gone)
	}
	return m.FollowUnmerge(ctx, kept, gone)
}

// classHour is how the histogram groups minutes: every source has 45
// (FACTS §8); the verdicts use the rule row's own length.
const classHour kernel.Minutes = 45

func held(f training.SessionClosed) hours.Held {
	h := hours.Held{
		Session: f.Session, Revision: f.Revision, Class: f.Class, Course: f.Course, CourseTitle: f.CourseTitle, Provider: f.Provider,
		Region: f.Region, Category: string(f.Category), Mode: string(f.Mode), OrganiserTier: string(f.OrganiserTier),
		CountsTowardInService: f.CountsTowardInService, Date: f.Date, StartsAt: f.StartsAt, EndsAt: f.EndsAt, Minutes: f.Minutes,
		RecordedAt: f.RecordedAt,
	}
	for _, p := range f.Presences {
		var stretches []hoursrule.Stretch
		for _, x := range p.Stretches {
			stretches = append(stretches, hoursrule.Stretch(x))
		}
		h.Presences = append(h.Presences, hours.Attended{
			Person: p.Person, As: p.As, In: p.In, Out: p.Out, Stretches: stretches, Source: p.Source, MarkedBy: p.MarkedBy, Reason: p.Reason, Flaw: p.Flaw,
		})
	}
	return h
}

func hoursHoldings(all []certificates.Holding) []hours.Holding {
	var out []hours.Holding
	for _, h := range all {
		if h.RejectedAt == nil && h.LeftAt == nil && h.OfCaregiver() {
			out = append(out, hours.Holding{Level: h.Level, IssuedOn: h.IssuedOn, VerifiedAt: instant(h.VerifiedAt), RevokedOn: h.RevokedOn})
		}
	}
	return out
}

func instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

func statisticsHoldings(all []certificates.Holding) []statisticsrule.Holding {
	out := make([]statisticsrule.Holding, 0, len(all))
	for _, h := range all {
		family := string(h.Family)
		if h.Occupation != "" { // counts where a rule names it so
			family += "/" + h.Occupation
		}
		var words []statisticsrule.Word
		for _, w := range h.Words {
			words = append(words, statisticsrule.Word{Result: w.Result, At: w.At})
		}
		out = append(out, statisticsrule.Holding{
			Certificate: h.Certificate, Family: family, Words: words, Level: h.Level, IssuedOn: h.IssuedOn, RecordedAt: h.RecordedAt,
			VerifiedAt: h.VerifiedAt, RejectedAt: h.RejectedAt, RevokedOn: h.RevokedOn, RevokedAt: h.RevokedAt,
			LeftAt: h.LeftAt,
		})
	}
	return out
}

func career(f people.CareerChanged) kernel.Career { return kernel.Career(f) }
