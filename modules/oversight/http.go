package oversight

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
	"carecert/modules/oversight/rule"
)

type handlers struct{ service *Service }

func routes(r *web.Router, s *Service) {
	h := &handlers{s}
	web.Get(r, "/radar/findings", web.May("radarFinding", "read"), h.list, web.Summary("What is odd about attendance, in reach"))
	web.Get(r, "/radar/summary", web.May("radarFinding", "read"), h.summary, web.Summary("How many findings there are, by state and kind"))
	web.Get(r, "/radar/findings/{id}", web.May("radarFinding", "read"), h.read, web.Summary("A finding with its evidence side by side"))
	web.Act(r, "/radar/findings/{id}/decisions", web.May("radarFinding", "decide"), h.decide, web.Summary("An office's word on a finding; confirming may take presences back"))
	inspectionRoutes(r, h)
	web.Act(r, "/radar/findings/{id}/statements", web.May("radarFinding", "answer"), h.answer, web.Summary("The provider's answer to a finding about it"))
}

type namedOrganization struct {
	ID   kernel.OrganizationID `json:"id"`
	Name string                `json:"name"`
}

type namedPerson struct {
	ID   kernel.PersonID `json:"id"`
	Name string          `json:"name"`
}

type findingView struct {
	ID          string              `json:"id"`
	Kind        rule.Kind           `json:"kind" enum:"twoRooms,longDay,sharedDevice,turnedAway,sameSecond,overAge,leftEmployer,alwaysFull,teacherTwoPlaces"`
	Severity    rule.Severity       `json:"severity" enum:"high,medium,low"`
	Status      Status              `json:"status" enum:"open,inReview,confirmed,dismissed,gone"`
	Date        kernel.Date         `json:"date" format:"date"`
	Title       string              `json:"title" doc:"what was seen, in a sentence"`
	People      []namedPerson       `json:"people" doc:"the first of them; peopleCount tells how many"`
	PeopleCount int                 `json:"peopleCount"`
	Sessions    int                 `json:"sessions"`
	Providers   []namedOrganization `json:"providers"`
	Teacher     string              `json:"teacher,omitempty"`
	Figures     map[string]string   `json:"figures"`
	RuleVersion string              `json:"ruleVersion"`
	Clause      string              `json:"clause"`
	FirstSeenAt time.Time           `json:"firstSeenAt"`
	ChangedAt   time.Time           `json:"changedAt"`
	GoneAt      *time.Time          `json:"goneAt,omitempty"`
	Answered    bool                `json:"answered" doc:"the provider has said something"`
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func view(ctx context.Context, f Finding, people map[kernel.PersonID]kernel.PersonCard, orgs map[kernel.OrganizationID]kernel.OrganizationCard) findingView {
	v := findingView{
		ID: f.ID, Kind: f.Kind, Severity: f.Severity, Status: f.Status, Date: f.Date, People: []namedPerson{}, PeopleCount: len(f.People),
		Sessions: len(f.Sessions), Providers: []namedOrganization{}, Teacher: f.Teacher, Figures: f.Figures, RuleVersion: f.RuleVersion,
		Clause: f.Clause, FirstSeenAt: f.FirstSeenAt, ChangedAt: f.ChangedAt, GoneAt: known(f.GoneAt), Answered: len(f.Statements) > 0,
	}
	for _, p := range f.People {
		if card, ok := people[p]; ok {
			v.People = append(v.People, namedPerson{p, card.Name})
		}
	}
	seesAll := Oversees(ctx, f)
	for _, o := range f.Providers {
		if seesAll || ownReach(ctx).Covers([]kernel.OrganizationID{o}) {
			v.Providers = append(v.Providers, namedOrganization{o, orgs[o].Name})
		}
	}
	who := f.Teacher
	if len(v.People) > 0 {
		who = v.People[0].Name
	}
	v.Title = title(ctx, f, who)
	return v
}

// title says what was seen; the words are in the message files.
func title(ctx context.Context, f Finding, who string) string {
	params := []string{"who", who, "date", string(f.Date)}
	for _, k := range []string{"minutes", "from", "to", "limit", "device", "people", "times", "at", "left", "sessions", "learners"} {
		params = append(params, k, f.Figures[k])
	}
	return web.Text(ctx, "oversight.seen."+string(f.Kind), params...)
}

type listInput struct {
	web.PageInput
	OrganizationID kernel.OrganizationID `query:"organizationId" maxLength:"64" doc:"a provider, or an office: its tree"`
	Status         Status                `query:"status" enum:"todo,open,inReview,confirmed,dismissed,gone" doc:"todo is open and inReview"`
	Kind           rule.Kind             `query:"kind" enum:"twoRooms,longDay,sharedDevice,turnedAway,sameSecond,overAge,leftEmployer,alwaysFull,teacherTwoPlaces"`
}

func (h *handlers) list(ctx context.Context, in *listInput) (*web.Body[web.List[findingView]], error) {
	l, err := h.service.List(ctx, Filter{Organization: in.OrganizationID, Status: in.Status, Kind: in.Kind}, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	people, orgs, err := h.service.Cards(ctx, l.Items)
	if err != nil {
		return nil, err
	}
	items := make([]findingView, 0, len(l.Items))
	for _, f := range l.Items {
		items = append(items, view(ctx, f, people, orgs))
	}
	return web.Answer(web.NewList(items, l.Next, l.Total, l.More)), nil
}

type summaryInput struct {
	OrganizationID kernel.OrganizationID `query:"organizationId" maxLength:"64"`
}

type countView[K ~string] struct {
	Key   K     `json:"key"`
	Count int64 `json:"count" doc:"exact to 1,000"`
}

type offView struct {
	Kind rule.Kind `json:"kind" enum:"twoRooms,longDay,sharedDevice,turnedAway,sameSecond,overAge,leftEmployer,alwaysFull,teacherTwoPlaces"`
	Text string    `json:"text" doc:"that it is off, and what switches it on"`
}

type summaryView struct {
	Todo     int64                  `json:"todo" doc:"open and in review"`
	ByStatus []countView[Status]    `json:"byStatus"`
	ByKind   []countView[rule.Kind] `json:"byKind" doc:"of what waits"`
	Off      []offView              `json:"off" doc:"detectors that look at nothing today, for no rule row gives their figure"`
}

func (h *handlers) summary(ctx context.Context, in *summaryInput) (*web.Body[summaryView], error) {
	c, err := h.service.Count(ctx, in.OrganizationID)
	if err != nil {
		return nil, err
	}
	v := summaryView{Todo: c.Todo, ByStatus: []countView[Status]{}, ByKind: []countView[rule.Kind]{}, Off: []offView{}}
	for _, k := range rule.Off(h.service.Radar, h.service.PensionAges, kernel.DateOf(h.service.now())) {
		code := "oversight.off"
		if k == rule.OverAge {
			code = "oversight.off.overAge"
		}
		v.Off = append(v.Off, offView{k, web.Text(ctx, code)})
	}
	for _, s := range Statuses() {
		v.ByStatus = append(v.ByStatus, countView[Status]{s, c.ByStatus[s]})
	}
	for _, k := range rule.Kinds() {
		v.ByKind = append(v.ByKind, countView[rule.Kind]{k, c.ByKind[k]})
	}
	return web.Answer(v), nil
}

type decideInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body decideBody
}

type seatBody struct {
	SessionID kernel.SessionID `json:"sessionId" minLength:"1" maxLength:"64"`
	PersonID  kernel.PersonID  `json:"personId" minLength:"1" maxLength:"64"`
}

type decideBody struct {
	Decision Word       `json:"decision" enum:"takeUp,confirm,dismiss,reopen"`
	Reason   string     `json:"reason" minLength:"2" maxLength:"500" doc:"the people whose presences go are told it"`
	Refuse   []seatBody `json:"refuse,omitempty" maxItems:"500" doc:"with confirm: presences whose credit goes"`
}

func (h *handlers) decide(ctx context.Context, in *decideInput) (*web.Body[caseView], error) {
	var refuse []Seat
	for _, s := range in.Body.Refuse {
		refuse = append(refuse, Seat{s.SessionID, s.PersonID})
	}
	if _, err := h.service.Decide(ctx, in.ID, in.Body.Decision, in.Body.Reason, refuse); err != nil {
		return nil, err
	}
	return h.answerCase(ctx, in.ID)
}

type answerInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body answerBody
}

type answerBody struct {
	Text string `json:"text" minLength:"2" maxLength:"1000"`
}

func (h *handlers) answer(ctx context.Context, in *answerInput) (*web.Body[caseView], error) {
	if _, err := h.service.Answer(ctx, in.ID, in.Body.Text); err != nil {
		return nil, err
	}
	return h.answerCase(ctx, in.ID)
}
