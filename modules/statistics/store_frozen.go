package statistics

import (
	"carecert/modules/kernel"
	"carecert/modules/statistics/rule"
)

// What a snapshot keeps beside its ratio stands in it whole, its rules too: a
// row that is changed later changes no frozen figure.

type needDoc struct {
	Asked       string           `bson:"asked"`
	Standard    rule.Standard    `bson:"standard"`
	Topic       string           `bson:"topic"`
	Row         rule.CoverageRow `bson:"row"`
	Ruled       bool             `bson:"ruled"`
	Numerator   int64            `bson:"numerator"`
	Denominator int64            `bson:"denominator"`
}

type homeDoc struct {
	Organization kernel.OrganizationID `bson:"organization"`
	Name         string                `bson:"name"`
	Region       kernel.RegionCode     `bson:"region"`
	Beds         int                   `bson:"beds"`
	Small        bool                  `bson:"small,omitempty"`
	Row          rule.SocialRow        `bson:"row"`
	Required     *int64                `bson:"required,omitempty"`
	Clause       string                `bson:"clause,omitempty"`
	Social       rule.Social           `bson:"social"`
	Flags        []string              `bson:"flags,omitempty"`
}

type programmeDoc struct {
	ID           string                `bson:"id"`
	Name         string                `bson:"name"`
	Organization kernel.OrganizationID `bson:"organization"`
	StartsOn     kernel.Date           `bson:"startsOn"`
	EndsOn       kernel.Date           `bson:"endsOn"`
	Target       *int64                `bson:"target,omitempty"`
	Of           kernel.OrganizationID `bson:"of,omitempty"` // whose people alone
	AsOf         kernel.Date           `bson:"asOf"`
}

func (s Snapshot) intoDoc(doc *snapshotDoc) {
	if s.Coverage != nil {
		for i, n := range s.Coverage.Needs {
			r := s.Coverage.Each[i]
			doc.Needs = append(doc.Needs, needDoc{n.Asked, n.Standard, n.Topic, n.Row, n.Ruled, r.Numerator, r.Denominator})
		}
	}
	for _, h := range s.Homes {
		doc.Homes = append(doc.Homes, homeDoc{h.Card.ID, h.Card.Name, h.Card.Region, h.Card.ApprovedBeds, h.Card.SmallCareHome, h.Row, h.Required, h.Clause, h.Social, h.Flags})
	}
	if h := s.Heads; h != nil {
		p := h.Programme
		doc.Programme = &programmeDoc{p.ID, p.Name, p.Organization, p.StartsOn, p.EndsOn, p.Target, h.Organization, h.AsOf}
		doc.Counts = map[string]int64{rule.FieldHead: h.Heads, rule.FieldAttendance: h.Attendances}
		for _, k := range h.ByKind {
			doc.Counts[rule.FieldHead+"_"+string(k.Kind)] = k.Heads
			doc.Counts[rule.FieldAttendance+"_"+string(k.Kind)] = k.Attendances
		}
	}
}

func (s *Snapshot) fromDoc(doc snapshotDoc) {
	if doc.Indicator == IndicatorCoverage {
		s.Coverage = &Coverage{Organization: s.Organization, AsOf: s.AsOf, All: s.Figure.Ratio}
		for _, n := range doc.Needs {
			s.Coverage.Needs = append(s.Coverage.Needs, rule.Need{Asked: n.Asked, Standard: n.Standard, Topic: n.Topic, Row: n.Row, Ruled: n.Ruled})
			s.Coverage.Each = append(s.Coverage.Each, kernel.Ratio{Numerator: n.Numerator, Denominator: n.Denominator})
		}
	}
	if doc.Indicator == IndicatorSocial {
		s.Homes = []SocialWorkers{}
		for _, h := range doc.Homes {
			card := kernel.OrganizationCard{ID: h.Organization, Name: h.Name, Region: h.Region, ApprovedBeds: h.Beds, SmallCareHome: h.Small}
			s.Homes = append(s.Homes, SocialWorkers{Card: card, AsOf: s.AsOf, Row: h.Row, Required: h.Required, Clause: h.Clause, Social: h.Social, Flags: h.Flags})
		}
	}
	if p := doc.Programme; p != nil {
		at := p.Of
		if at == "" {
			at = rule.Everyone
		}
		h := headsOf(kernel.ProgrammeCard{
			ID: p.ID, Name: p.Name, Organization: p.Organization, StartsOn: p.StartsOn, EndsOn: p.EndsOn, Target: p.Target,
		}, at, p.AsOf, doc.Counts)
		s.Heads = &h
	}
}
