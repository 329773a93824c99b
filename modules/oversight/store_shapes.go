package oversight

import (
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/oversight/rule"
)

func docOfSession(h Held) sessionDoc {
	return sessionDoc{
		Doc: store.Doc{ID: string(h.Session)}, Class: h.Class, Title: h.Title, Provider: h.Provider, Path: h.Path, Base: h.Base,
		Region: h.Region, Counts: h.Counts, Date: h.Date, StartsAt: h.StartsAt, EndsAt: h.EndsAt, Teacher: h.Teacher, Listed: h.Listed, Venue: h.Venue,
		Remote: h.Remote, Enrolled: h.Enrolled, Presences: h.Presences, TurnedAway: h.TurnedAway,
	}
}

func (d sessionDoc) held() Held {
	return Held{
		Session: kernel.SessionID(d.ID), Class: d.Class, Title: d.Title, Provider: d.Provider, Path: d.Path, Base: d.Base, Region: d.Region,
		Counts: d.Counts, Date: d.Date, StartsAt: d.StartsAt, EndsAt: d.EndsAt, Teacher: d.Teacher, Listed: d.Listed, Venue: d.Venue, Remote: d.Remote,
		Enrolled: d.Enrolled, Presences: d.Presences, TurnedAway: d.TurnedAway,
	}
}

func docOfSpan(s rule.Span) spanDoc {
	return spanDoc{Session: s.Session, Class: s.Class, From: s.From, To: s.To, Place: s.Place, Remote: s.Remote, Lister: s.Lister, Listed: s.Listed}
}

func spansOf(docs []spanDoc) []rule.Span {
	out := make([]rule.Span, len(docs))
	for i, d := range docs {
		out[i] = rule.Span{Session: d.Session, Class: d.Class, From: d.From, To: d.To, Place: d.Place, Remote: d.Remote, Lister: d.Lister, Listed: d.Listed}
	}
	return out
}

func phonesOf(h Held) (out []phoneDoc) {
	for _, s := range h.scans() {
		if s.Device != "" {
			out = append(out, phoneDoc{Device: s.Device, Person: s.Person})
		}
	}
	for _, a := range h.TurnedAway {
		out = append(out, phoneDoc{Device: a.Device, Person: a.Person, Away: true})
	}
	return out
}

// scans are the check-ins of the class whose phones are known, with the refused.
func (d classDoc) scans() (out []rule.Scan) {
	for _, t := range d.Tallies {
		for _, p := range t.Phones {
			out = append(out, rule.Scan{Session: t.Session, Date: t.Date, Person: p.Person, Device: p.Device, TurnedAway: p.Away})
		}
	}
	return out
}

// without leaves out what one session had.
func without(docs []spanDoc, s kernel.SessionID) []spanDoc {
	return slices.DeleteFunc(slices.Clone(docs), func(d spanDoc) bool { return d.Session == s })
}

func dayID(p kernel.PersonID, on kernel.Date) string { return string(p) + ":" + string(on) }

func (d findingDoc) finding() Finding {
	return Finding{
		ID: d.ID, Kind: d.Kind, Severity: d.Severity, Status: d.Status, Date: d.Date, People: d.People, Sessions: d.Sessions,
		Classes: d.Classes, Providers: d.Providers, Over: d.Over, Teacher: d.Teacher, Figures: d.Figures, RuleVersion: d.RuleVersion,
		Clause: d.Clause, FirstSeenAt: d.FirstSeenAt, ChangedAt: d.ChangedAt, GoneAt: d.GoneAt, Decisions: d.Decisions,
		Statements: d.Statements, Stored: d.Version,
	}
}

func docOfFinding(f Finding, scope string) findingDoc {
	d := findingDoc{
		Doc: store.Doc{ID: f.ID, Version: f.Stored}, Scope: scope, Kind: f.Kind, Severity: f.Severity, Status: f.Status, Date: f.Date,
		People: f.People, Sessions: f.Sessions, Classes: f.Classes, Providers: f.Providers, Over: f.Over, Teacher: f.Teacher,
		Figures: f.Figures, RuleVersion: f.RuleVersion, Clause: f.Clause, FirstSeenAt: f.FirstSeenAt, ChangedAt: f.ChangedAt,
		GoneAt: f.GoneAt, Decisions: f.Decisions, Statements: f.Statements,
	}
	states := []Status{"", f.Status}
	if f.Status.waits() {
		states = append(states, Todo)
	}
	for _, o := range append(distinct(append(slices.Clone(f.Providers), f.Over...)), everywhere) {
		for _, s := range states {
			d.Shelves = append(d.Shelves, shelf(o, s, ""), shelf(o, s, f.Kind))
		}
	}
	return d
}
