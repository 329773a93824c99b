package oversight

import (
	"context"
	"strconv"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

type presenceView struct {
	PersonID kernel.PersonID `json:"personId"`
	Name     string          `json:"name"`
	In       *time.Time      `json:"checkedInAt"`
	Out      *time.Time      `json:"checkedOutAt"`
	Scanned  bool            `json:"scanned" doc:"else a teacher vouched for it"`
	Device   string          `json:"device,omitempty" doc:"the end of what the device is known by"`
	Stands   bool            `json:"stands" doc:"it counts; else it was refused or proves nothing"`
	Away     bool            `json:"turnedAway,omitempty" doc:"a check-in that was refused: the phone was another's in the session"`
}

type caseSessionView struct {
	SessionID kernel.SessionID  `json:"sessionId,omitempty" doc:"empty for another provider's"`
	ClassID   kernel.ClassID    `json:"classId,omitempty"`
	Title     string            `json:"title"`
	Date      kernel.Date       `json:"date" format:"date"`
	StartsAt  time.Time         `json:"startsAt"`
	EndsAt    time.Time         `json:"endsAt"`
	Teacher   string            `json:"teacher"`
	Venue     string            `json:"venue"`
	Provider  namedOrganization `json:"provider"`
	Enrolled  int               `json:"enrolled"`
	Presences []presenceView    `json:"presences" doc:"of the people whom the finding names"`
}

type decisionView struct {
	Decision Word      `json:"decision" enum:"takeUp,confirm,dismiss,reopen"`
	Reason   string    `json:"reason"`
	Refused  int       `json:"refused" doc:"presences that went with it"`
	ByName   string    `json:"byName,omitempty" doc:"not told to the provider"`
	At       time.Time `json:"at"`
}

type statementView struct {
	Text   string    `json:"text"`
	ByName string    `json:"byName"`
	At     time.Time `json:"at"`
}

type caseView struct {
	Finding     findingView       `json:"finding"`
	SessionList []caseSessionView `json:"sessions"`
	Evidence    []kernel.Evidence `json:"evidence"`
	Decisions   []decisionView    `json:"decisions"`
	Statements  []statementView   `json:"statements"`
	MayDecide   bool              `json:"mayDecide" doc:"the reader is an office over the provider"`
	MayAnswer   bool              `json:"mayAnswer" doc:"the reader is the provider, and nothing is decided"`
}

type readInput struct {
	ID string `path:"id" maxLength:"64"`
}

func (h *handlers) read(ctx context.Context, in *readInput) (*web.Body[caseView], error) {
	return h.answerCase(ctx, in.ID)
}

func (h *handlers) answerCase(ctx context.Context, id string) (*web.Body[caseView], error) {
	c, err := h.service.Find(ctx, id)
	if err != nil {
		return nil, err
	}
	f := c.Finding
	v := caseView{
		Finding: view(ctx, f, c.People, c.Names), SessionList: []caseSessionView{}, Evidence: []kernel.Evidence{},
		Decisions: []decisionView{}, Statements: []statementView{}, MayDecide: office(ctx, f) == nil, MayAnswer: mayAnswer(ctx, f),
	}
	for _, x := range c.Sessions {
		v.SessionList = append(v.SessionList, viewSession(ctx, c, x))
	}
	v.Evidence = evidence(ctx, c)
	seesAll := Oversees(ctx, f)
	for _, d := range f.Decisions {
		line := decisionView{Decision: d.Word, Reason: d.Reason, Refused: len(d.Refused), At: d.At}
		if seesAll {
			line.ByName = d.ByName
		}
		v.Decisions = append(v.Decisions, line)
	}
	for _, s := range f.Statements {
		v.Statements = append(v.Statements, statementView{s.Text, s.ByName, s.At})
	}
	return web.Answer(v), nil
}

func viewSession(ctx context.Context, c Case, x Held) caseSessionView {
	v := caseSessionView{
		SessionID: x.Session, ClassID: x.Class, Title: x.Title, Date: x.Date, StartsAt: x.StartsAt, EndsAt: x.EndsAt, Teacher: x.Teacher,
		Venue: x.Venue, Provider: namedOrganization{x.Provider, c.Names[x.Provider].Name}, Enrolled: x.Enrolled, Presences: []presenceView{},
	}
	if x.Session == "" {
		v.Title = web.Text(ctx, "oversight.another_provider")
	}
	for _, p := range x.Presences {
		v.Presences = append(v.Presences, presenceView{
			PersonID: p.Person, Name: c.People[p.Person].Name, In: known(p.In), Out: known(p.Out), Scanned: p.Scanned,
			Device: p.Device[max(0, len(p.Device)-6):], Stands: p.Flaw == "",
		})
	}
	for _, a := range x.TurnedAway {
		v.Presences = append(v.Presences, presenceView{
			PersonID: a.Person, Name: c.People[a.Person].Name, In: known(a.At), Scanned: true, Device: a.Device[max(0, len(a.Device)-6):], Away: true,
		})
	}
	return v
}

// shownEvidence is how many people an evidence list links to.
const shownEvidence = 20

// evidence links to what the finding rests on; each opens by GET.
func evidence(ctx context.Context, c Case) []kernel.Evidence {
	out := []kernel.Evidence{}
	classes := map[kernel.ClassID]bool{}
	for _, x := range c.Sessions {
		if x.Session == "" {
			continue
		}
		when := string(x.Date) + " " + x.StartsAt.In(kernel.Shanghai()).Format("15:04") + "–" + x.EndsAt.In(kernel.Shanghai()).Format("15:04")
		out = append(out, kernel.Evidence{
			Label: web.Text(ctx, "oversight.evidence.session", "when", when, "title", x.Title), Href: web.Prefix + "/sessions/" + string(x.Session),
		})
		if !classes[x.Class] {
			classes[x.Class] = true
			out = append(out, kernel.Evidence{Label: web.Text(ctx, "oversight.evidence.class", "title", x.Title), Href: web.Prefix + "/classes/" + string(x.Class)})
		}
	}
	for i, p := range c.Finding.People {
		if card, ok := c.People[p]; ok && i < shownEvidence {
			out = append(out, kernel.Evidence{
				Label: web.Text(ctx, "oversight.evidence.hours", "name", card.Name),
				Href:  web.Prefix + "/people/" + string(p) + "/hours?year=" + strconv.Itoa(c.Finding.Date.Year()),
			})
		}
	}
	return out
}
