package witnesses

import (
	"context"
	"time"

	"carecert/modules/kit/web"
)

func routesWatched(r *web.Router, h *handlers) {
	web.Get(r, "/watched-logs", web.May("watchedLog", "list"), h.logs, web.Summary("Logs of others that are witnessed here, the newest first"))
	web.Post(r, "/watched-logs", web.May("watchedLog", "create"), h.watch, web.Summary("Witness the log of somebody else"))
	web.Act(r, "/watched-logs/{id}/removal", web.May("watchedLog", "remove"), h.unwatch, web.Summary("Witness a log no longer; its heads and the evidence stay"))
	web.Get(r, "/watched-logs/{id}/heads", web.May("watchedLog", "list"), h.heads, web.Summary("Heads that a watched log has proved, the longest first"))
	web.Get(r, "/log-alarms", web.May("watchedLog", "list"), h.alarms, web.Summary("Heads of watched logs that do not follow those held before, the newest first"))
	web.Act(r, "/log-alarms/{id}/settlement", web.May("watchedLog", "settle"), h.settle, web.Summary("Say what an alarm was; the evidence stays"))
}

type watchedView struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Origin    string    `json:"origin"`
	Verifier  string    `json:"verifier"`
	State     State     `json:"state" enum:"active,removed"`
	Why       string    `json:"why,omitempty"`
	CreatedAt time.Time `json:"createdAt"`
	CreatedBy string    `json:"createdBy"`
	Alarms    int64     `json:"alarms" doc:"not settled"`
	Held      *headView `json:"held"`
}

func viewWatched(w Watched) watchedView {
	return watchedView{
		ID: w.ID, Name: w.Name, Origin: w.Origin, Verifier: w.Verifier, State: w.State, Why: w.Why, CreatedAt: w.CreatedAt, CreatedBy: w.CreatedBy,
		Alarms: w.Alarms, Held: viewHeld(w.Held),
	}
}

func (h *handlers) logs(ctx context.Context, in *listInput) (*web.Body[web.List[watchedView]], error) {
	items, next, total, more, err := h.s.Logs(ctx, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	views := make([]watchedView, 0, len(items))
	for _, w := range items {
		views = append(views, viewWatched(w))
	}
	return web.Answer(web.NewList(views, next, total, more)), nil
}

type watchInput struct {
	Body struct {
		Name     string `json:"name" minLength:"1" maxLength:"80"`
		Origin   string `json:"origin" minLength:"1" maxLength:"300" doc:"where it is published, https://…"`
		Verifier string `json:"verifier" minLength:"1" maxLength:"300" doc:"its public key, from its page of the log"`
	}
}

func (h *handlers) watch(ctx context.Context, in *watchInput) (*web.Body[watchedView], error) {
	w, err := h.s.Watch(ctx, WatchDraft{Name: in.Body.Name, Origin: in.Body.Origin, Verifier: in.Body.Verifier})
	if err != nil {
		return nil, err
	}
	return web.Answer(viewWatched(w)), nil
}

func (h *handlers) unwatch(ctx context.Context, in *reasonInput) (*web.Body[watchedView], error) {
	w, err := h.s.Unwatch(ctx, in.ID, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return web.Answer(viewWatched(w)), nil
}

func (h *handlers) heads(ctx context.Context, in *deliveriesInput) (*web.Body[web.List[headView]], error) {
	items, next, total, more, err := h.s.Heads(ctx, in.ID, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	views := make([]headView, 0, len(items))
	for _, held := range items {
		views = append(views, *viewHeld(held))
	}
	return web.Answer(web.NewList(views, next, total, more)), nil
}

type settlementView struct {
	At     time.Time `json:"at"`
	ByName string    `json:"byName,omitempty" doc:"left out where the log has proved the head since"`
	Reason string    `json:"reason,omitempty"`
}

type alarmView struct {
	ID         string          `json:"id"`
	Name       string          `json:"name" doc:"of the log"`
	Kind       string          `json:"kind" enum:"fork,shorter,unproven"`
	Text       string          `json:"text" doc:"what it means and what to do"`
	At         time.Time       `json:"at"`
	Held       *headView       `json:"held"`
	Head       *headView       `json:"head" doc:"what was sent"`
	Proof      []string        `json:"proof" doc:"what was sent as proof, base64"`
	Settlement *settlementView `json:"settlement,omitempty"`
}

func viewAlarm(ctx context.Context, a Alarm) alarmView {
	v := alarmView{
		ID: a.ID, Name: a.Name, Kind: a.Kind, Text: web.Text(ctx, "witnesses.alarm."+a.Kind), At: a.At, Held: viewHeld(a.Held), Head: viewHeld(a.Head), Proof: a.Proof,
	}
	if v.Proof == nil {
		v.Proof = []string{}
	}
	if s := a.Settlement; s != nil {
		v.Settlement = &settlementView{s.At, s.ByName, s.Reason}
	}
	return v
}

func (h *handlers) alarms(ctx context.Context, in *listInput) (*web.Body[web.List[alarmView]], error) {
	items, next, total, more, err := h.s.Alarms(ctx, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	views := make([]alarmView, 0, len(items))
	for _, a := range items {
		views = append(views, viewAlarm(ctx, a))
	}
	return web.Answer(web.NewList(views, next, total, more)), nil
}

func (h *handlers) settle(ctx context.Context, in *reasonInput) (*web.Body[alarmView], error) {
	a, err := h.s.Settle(ctx, in.ID, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return web.Answer(viewAlarm(ctx, a)), nil
}
