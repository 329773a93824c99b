package training

import (
	"context"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
	"carecert/modules/training/rule"
)

func (h *handlers) learningRoutes(r *web.Router) {
	web.Post(r, "/sessions/{id}/learning", web.May("learning", "create"), h.learn,
		web.Summary("Start learning online, or go on; whatever else one watches is taken over"))
	web.Act(r, "/learning/{runId}/beats", web.May("learning", "create"), h.beat,
		web.Summary("A sign of life while one learns online; the answer may hold a question"))
	web.Get(r, "/sessions/{id}/learning/{personId}", web.May("learning", "read"), h.readLearning,
		web.Summary("The evidence of somebody's learning online: stretches, questions, devices"))
}

type choiceView struct {
	Key  string `json:"key"`
	Text string `json:"text"`
}

type promptView struct {
	Text        string       `json:"text" doc:"names one of the choices"`
	Choices     []choiceView `json:"choices"`
	SecondsLeft int          `json:"secondsLeft"`
}

// runView is where a run stands. When the next question comes is not in it.
type runView struct {
	RunID           string           `json:"runId"`
	SessionID       kernel.SessionID `json:"sessionId"`
	Phase           string           `json:"phase" enum:"learning,missed,over" doc:"missed: a question was not answered; start again to go on"`
	PositionSeconds float64          `json:"positionSeconds"`
	CountedSeconds  int              `json:"countedSeconds" doc:"that count as it stands, inside the session and without overlaps"`
	LostSeconds     int              `json:"lostSeconds" doc:"watched without anybody there to answer"`
	BeatSeconds     int              `json:"beatSeconds" doc:"send the next sign of life after so long"`
	EndsAt          time.Time        `json:"endsAt" doc:"of the session: what is watched later does not count"`
	Prompt          *promptView      `json:"prompt,omitempty"`
}

func (h *handlers) viewRun(ctx context.Context, l Learning, x Session) runView {
	now := h.service.now()
	v := runView{
		RunID: l.Run, SessionID: x.ID, Phase: "learning", PositionSeconds: float64(l.Position) / 1000,
		CountedSeconds: int(rule.Length(rule.Joined(x.Span(), l.Counted())) / time.Second), LostSeconds: int(l.Lost() / time.Second),
		BeatSeconds: h.service.Remote(x).BeatSeconds, EndsAt: x.Plan.EndsAt,
	}
	switch {
	case l.Paused:
		v.Phase = "missed"
	case !now.Before(x.Plan.EndsAt):
		v.Phase = "over"
	}
	if p, waits := l.Pending(); waits {
		v.Prompt = &promptView{
			Text:        web.Text(ctx, "training.prompt.ask", "thing", web.Text(ctx, "training.prompt."+p.Ask)),
			Choices:     each(p.Choices, func(k string) choiceView { return choiceView{k, web.Text(ctx, "training.prompt."+k)} }),
			SecondsLeft: int(max(0, p.AnswerBy.Sub(now)) / time.Second),
		}
	}
	return v
}

type learnInput struct {
	ID     kernel.SessionID `path:"id" maxLength:"64"`
	Device string           `header:"User-Agent" maxLength:"1000"`
}

func (h *handlers) learn(ctx context.Context, in *learnInput) (*web.Body[runView], error) {
	l, x, err := h.service.Learn(ctx, in.ID, said200(in.Device))
	if err != nil {
		return nil, err
	}
	return web.Answer(h.viewRun(ctx, l, x)), nil
}

// said200 is the beginning of what a device says of itself.
func said200(device string) string {
	runes := []rune(strings.ToValidUTF8(device, ""))
	return string(runes[:min(len(runes), 200)])
}

type beatInput struct {
	RunID string `path:"runId" maxLength:"64"`
	Body  beatBody
}

type beatBody struct {
	Position float64 `json:"position" minimum:"0" maximum:"864000" doc:"seconds into the video"`
	Playing  bool    `json:"playing"`
	Answer   string  `json:"answer,omitempty" maxLength:"50" doc:"key of the choice that was touched"`
}

func (h *handlers) beat(ctx context.Context, in *beatInput) (*web.Body[runView], error) {
	l, x, err := h.service.Beat(ctx, in.RunID, rule.Beat{
		Position: int64(in.Body.Position * 1000), Playing: in.Body.Playing, Answer: in.Body.Answer,
	})
	if err != nil {
		return nil, err
	}
	return web.Answer(h.viewRun(ctx, l, x)), nil
}

type learningInput struct {
	ID       kernel.SessionID `path:"id" maxLength:"64"`
	PersonID kernel.PersonID  `path:"personId" maxLength:"64"`
}

type watchedView struct {
	From         time.Time `json:"from"`
	To           time.Time `json:"to"`
	PositionFrom float64   `json:"positionFrom" doc:"seconds into the video"`
	PositionTo   float64   `json:"positionTo"`
	Device       string    `json:"device"`
	Counts       bool      `json:"counts" doc:"false: nobody answered the question that came after it"`
}

type askedView struct {
	Thing      string     `json:"thing" doc:"that was to be touched"`
	AskedAt    time.Time  `json:"askedAt"`
	AnsweredAt *time.Time `json:"answeredAt,omitempty"`
	Wrong      int        `json:"wrong" doc:"answers before the right one"`
	Outcome    string     `json:"outcome" enum:"answered,missed,open"`
}

type learningView struct {
	SessionID      kernel.SessionID `json:"sessionId"`
	PersonID       kernel.PersonID  `json:"personId"`
	StartedAt      time.Time        `json:"startedAt"`
	LastAt         *time.Time       `json:"lastAt,omitempty" doc:"the last sign of life"`
	CountedSeconds int              `json:"countedSeconds"`
	LostSeconds    int              `json:"lostSeconds"`
	Minutes        kernel.Minutes   `json:"minutes" doc:"that the session would give for it"`
	Stretches      []watchedView    `json:"stretches"`
	Prompts        []askedView      `json:"prompts"`
}

func (h *handlers) readLearning(ctx context.Context, in *learningInput) (*web.Body[learningView], error) {
	l, x, err := h.service.LearningOf(ctx, in.ID, in.PersonID)
	if err != nil {
		return nil, err
	}
	return web.Answer(viewLearning(ctx, l, x)), nil
}

func viewLearning(ctx context.Context, l Learning, x Session) learningView {
	counted := rule.Joined(x.Span(), l.Counted())
	return learningView{
		SessionID: x.ID, PersonID: l.Person, StartedAt: l.StartedAt, LastAt: known(l.LastAt),
		CountedSeconds: int(rule.Length(counted) / time.Second), LostSeconds: int(l.Lost() / time.Second),
		Minutes: rule.AttendedIn(x.Span(), counted),
		Stretches: each(l.Stretches, func(w rule.Watched) watchedView {
			return watchedView{w.From, w.To, float64(w.PositionFrom) / 1000, float64(w.PositionTo) / 1000, l.Devices[w.Device], !w.Missed}
		}),
		Prompts: each(l.Prompts, func(p rule.Prompt) askedView {
			return askedView{web.Text(ctx, "training.prompt."+p.Ask), p.AskedAt, known(p.AnsweredAt), p.Wrong, outcomeOf(p)}
		}),
	}
}

func outcomeOf(p rule.Prompt) string {
	switch {
	case p.Missed:
		return "missed"
	case p.AnsweredAt.IsZero():
		return "open"
	}
	return "answered"
}
