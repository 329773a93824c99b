package witnesses

import (
	"context"
	"encoding/base64"
	"time"

	"carecert/modules/kit/web"
)

type handlers struct{ s *Service }

// pathOfWitness is what logs of others put before /add-checkpoint.
const pathOfWitness = web.Prefix + "/public/witness"

func routes(r *web.Router, s *Service) {
	h := &handlers{s}
	web.Get(r, "/log-witnesses/standing", web.May("logWitness", "list"), h.standing, web.Summary("How the outside witnesses of the issuance log stand, and by which ways heads can be sent"))
	web.Get(r, "/log-witnesses", web.May("logWitness", "list"), h.list, web.Summary("Outside witnesses of the issuance log, the newest first"))
	web.Post(r, "/log-witnesses", web.May("logWitness", "create"), h.name, web.Summary("Name an outside witness: heads go to it from now on"))
	web.Act(r, "/log-witnesses/{id}/pause", web.May("logWitness", "pause"), h.pause, web.Summary("Send a witness nothing for a while"))
	web.Act(r, "/log-witnesses/{id}/resumption", web.May("logWitness", "pause"), h.resume, web.Summary("Let deliveries to a witness go on"))
	web.Act(r, "/log-witnesses/{id}/removal", web.May("logWitness", "remove"), h.remove, web.Summary("End a witness for good; what it acknowledged stays"))
	web.Get(r, "/log-witnesses/{id}/deliveries", web.May("logWitness", "list"), h.deliveries, web.Summary("What was sent to a witness, the newest first"))
	web.Act(r, "/log-witnesses/{id}/deliveries", web.May("logWitness", "send"), h.send, web.Summary("Send the head as it is now"))
	web.Act(r, "/log-witnesses/{id}/handover", web.May("logWitness", "send"), h.take, web.Summary("Hand the head over to a witness that comes for it: its file, noted as taken"))
	routesWatched(r, h)
	routesPublic(r, h)
}

type headView struct {
	Size             int64     `json:"size"`
	RootHash         string    `json:"rootHash" doc:"base64"`
	Note             string    `json:"note" doc:"the signed note"`
	At               time.Time `json:"at"`
	Countersignature string    `json:"countersignature,omitempty" doc:"the witness's line (C2SP tlog-cosignature)"`
}

func viewHeld(h Held) *headView {
	if h.Size == 0 {
		return nil
	}
	return &headView{Size: h.Size, RootHash: base64.StdEncoding.EncodeToString(h.Root), Note: h.Note, At: h.At, Countersignature: h.Countersignature}
}

type witnessView struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	Kind      Kind       `json:"kind" enum:"bureau,folder,mail,hand"`
	Address   string     `json:"address,omitempty"`
	Verifier  string     `json:"verifier,omitempty"`
	Mail      string     `json:"mail,omitempty"`
	State     State      `json:"state" enum:"active,paused,removed"`
	Why       string     `json:"why,omitempty" doc:"of the last pause or removal"`
	CreatedAt time.Time  `json:"createdAt"`
	CreatedBy string     `json:"createdBy"`
	TriedAt   *time.Time `json:"triedAt"`
	Outcome   Outcome    `json:"outcome,omitempty" enum:"acknowledged,failed,refused" doc:"of the last delivery"`
	Silent    bool       `json:"silent" doc:"it has not acknowledged the log's growth for longer than the rule lets it"`
	Held      *headView  `json:"held" doc:"what it acknowledged last"`
}

// viewer shows witnesses beside the size of the log, which tells who is silent.
func (h *handlers) viewer(ctx context.Context) (func(Witness) witnessView, error) {
	row, err := h.s.Silence()
	if err != nil {
		return nil, err
	}
	head, _, err := h.s.head(ctx, 0)
	return func(w Witness) witnessView { return viewWitness(w, h.s.IsSilent(w, row, head.N)) }, err
}

func viewWitness(w Witness, silent bool) witnessView {
	v := witnessView{
		ID: w.ID, Name: w.Name, Kind: w.Kind, Address: w.Address, Verifier: w.Verifier, Mail: w.Mail, State: w.State, Why: w.Why, CreatedAt: w.CreatedAt,
		CreatedBy: w.CreatedBy, Outcome: w.Outcome, Silent: silent, Held: viewHeld(w.Held),
	}
	if !w.TriedAt.IsZero() {
		v.TriedAt = &w.TriedAt
	}
	return v
}

type wayView struct {
	Kind      Kind   `json:"kind" enum:"bureau,folder,mail,hand"`
	Available bool   `json:"available"`
	Why       string `json:"why,omitempty" doc:"why it is not"`
}

type standingView struct {
	Size       int64     `json:"size" doc:"of the log"`
	RootHash   string    `json:"rootHash"`
	Own        string    `json:"own" doc:"this program's public key as a witness, for logs of others"`
	Address    string    `json:"address" doc:"where logs of others send their heads"`
	Ways       []wayView `json:"ways"`
	SilentDays int       `json:"silentDays"`
	Rule       string    `json:"ruleVersion"`
	Silent     int       `json:"silent" doc:"witnesses that have been silent for longer"`
	Refused    int       `json:"refused" doc:"witnesses that do not accept the head"`
	Alarms     int64     `json:"alarms" doc:"heads of watched logs that do not follow, and nobody has settled"`
}

func (h *handlers) standing(ctx context.Context, _ *struct{}) (*web.Body[standingView], error) {
	st, err := h.s.Standing(ctx)
	if err != nil {
		return nil, err
	}
	v := standingView{
		Size: st.Head.N, RootHash: base64.StdEncoding.EncodeToString(st.Head.Hash[:]), Own: st.Own, Address: st.Address, SilentDays: st.Rule.SilentDays,
		Rule: st.Rule.Stamp(), Silent: st.Silent, Refused: st.Refused, Alarms: st.Alarms,
	}
	for _, k := range []Kind{Bureau, Folder, Mail, Hand} {
		way := wayView{Kind: k, Available: st.Ways[k] == ""}
		if !way.Available {
			way.Why = web.Text(ctx, st.Ways[k])
		}
		v.Ways = append(v.Ways, way)
	}
	return web.Answer(v), nil
}

type listInput struct{ web.PageInput }

func (h *handlers) list(ctx context.Context, in *listInput) (*web.Body[web.List[witnessView]], error) {
	items, next, total, more, err := h.s.List(ctx, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	views := make([]witnessView, 0, len(items))
	view, err := h.viewer(ctx)
	if err != nil {
		return nil, err
	}
	for _, w := range items {
		views = append(views, view(w))
	}
	return web.Answer(web.NewList(views, next, total, more)), nil
}

type nameInput struct {
	Body struct {
		Name     string `json:"name" minLength:"1" maxLength:"80" doc:"everybody may read it on the page of the log"`
		Kind     Kind   `json:"kind" enum:"bureau,folder,mail,hand"`
		Address  string `json:"address,omitempty" maxLength:"300" doc:"of a bureau: its address as a witness, https://…"`
		Verifier string `json:"verifier,omitempty" maxLength:"300" doc:"of a bureau: its public key as a witness"`
		Mail     string `json:"mail,omitempty" maxLength:"200"`
	}
}

func (h *handlers) name(ctx context.Context, in *nameInput) (*web.Body[witnessView], error) {
	w, err := h.s.Name(ctx, Draft{Name: in.Body.Name, Kind: in.Body.Kind, Address: in.Body.Address, Verifier: in.Body.Verifier, Mail: in.Body.Mail})
	if err != nil {
		return nil, err
	}
	return h.answer(ctx, w)
}

func (h *handlers) answer(ctx context.Context, w Witness) (*web.Body[witnessView], error) {
	view, err := h.viewer(ctx)
	if err != nil {
		return nil, err
	}
	return web.Answer(view(w)), nil
}

type idInput struct {
	ID string `path:"id" maxLength:"64"`
}

type reasonInput struct {
	ID   string `path:"id" maxLength:"200"`
	Body struct {
		Reason string `json:"reason" minLength:"2" maxLength:"200"`
	}
}

func (h *handlers) pause(ctx context.Context, in *reasonInput) (*web.Body[witnessView], error) {
	w, err := h.s.Pause(ctx, in.ID, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return h.answer(ctx, w)
}

func (h *handlers) resume(ctx context.Context, in *idInput) (*web.Body[witnessView], error) {
	w, err := h.s.Resume(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return h.answer(ctx, w)
}

func (h *handlers) remove(ctx context.Context, in *reasonInput) (*web.Body[witnessView], error) {
	w, err := h.s.Remove(ctx, in.ID, in.Body.Reason)
	if err != nil {
		return nil, err
	}
	return h.answer(ctx, w)
}

type deliveryView struct {
	ID       string    `json:"id"`
	At       time.Time `json:"at" doc:"first tried"`
	DoneAt   time.Time `json:"doneAt" doc:"last tried"`
	Head     *headView `json:"head"`
	Outcome  Outcome   `json:"outcome" enum:"acknowledged,failed,refused"`
	Why      string    `json:"why,omitempty"`
	Attempts int       `json:"attempts"`
	By       string    `json:"by,omitempty" doc:"who asked for it; the program itself where it is left out"`
}

func viewDelivery(ctx context.Context, d Delivery) deliveryView {
	v := deliveryView{ID: d.ID, At: d.At, DoneAt: d.DoneAt, Head: viewHeld(d.Head), Outcome: d.Outcome, Attempts: d.Attempts, By: d.By}
	if d.Code != "" {
		v.Why = web.Text(ctx, d.Code)
	}
	return v
}

type deliveriesInput struct {
	ID string `path:"id" maxLength:"64"`
	web.PageInput
}

func (h *handlers) deliveries(ctx context.Context, in *deliveriesInput) (*web.Body[web.List[deliveryView]], error) {
	items, next, total, more, err := h.s.Deliveries(ctx, in.ID, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	views := make([]deliveryView, 0, len(items))
	for _, d := range items {
		views = append(views, viewDelivery(ctx, d))
	}
	return web.Answer(web.NewList(views, next, total, more)), nil
}

func (h *handlers) send(ctx context.Context, in *idInput) (*web.Body[witnessView], error) {
	if err := h.s.Send(ctx, in.ID); err != nil {
		return nil, err
	}
	w, err := h.s.Find(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return h.answer(ctx, w)
}

type takenView struct {
	Delivery deliveryView `json:"delivery"`
	File     string       `json:"file" doc:"what carecert log verify --head takes"`
}

func (h *handlers) take(ctx context.Context, in *idInput) (*web.Body[takenView], error) {
	d, file, err := h.s.Take(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return web.Answer(takenView{viewDelivery(ctx, d), string(file)}), nil
}
