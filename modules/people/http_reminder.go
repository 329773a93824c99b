package people

import (
	"context"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
	"carecert/modules/people/rule"
)

func (h *handlers) reminderRoutes(r *web.Router) {
	web.Post(r, "/reminders", web.May("reminder", "send"), h.remind, web.Summary("Remind an organisation of what is found in its records"))
	web.Get(r, "/reminders", web.May("reminder", "list"), h.reminders, web.Summary("Reminders to an organisation and those under it, the newest first"))
	web.Act(r, "/reminders/{id}/read", web.May("reminder", "answer"), h.readReminder, web.Summary("Mark a reminder as read, with a word"))
}

type remindInput struct {
	Body struct {
		OrganizationID kernel.OrganizationID `json:"organizationId" minLength:"1" maxLength:"64"`
		Kinds          []rule.Kind           `json:"kinds,omitempty" maxItems:"20" uniqueItems:"true" enum:"missingPhone,missingEducation,missingBirthDate,missingGender,missingCertificate,lateStart,lateEnd,lateCertificate,genderContradicts,certificateRefuted,overlappingPosts,numberContested,refusedRows" doc:"all that is found when left out"`
		Note           string                `json:"note,omitempty" maxLength:"200"`
	}
}

type remindedView struct {
	Kind  rule.Kind `json:"kind"`
	Text  string    `json:"text"`
	Count int64     `json:"count" doc:"found when it was sent"`
	Left  int64     `json:"left" doc:"of them, still found today"`
}

type reminderView struct {
	ID             string                `json:"id"`
	OrganizationID kernel.OrganizationID `json:"organizationId"`
	Name           string                `json:"organizationName"`
	Findings       []remindedView        `json:"findings"`
	Note           string                `json:"note,omitempty"`
	SentAt         time.Time             `json:"sentAt"`
	SentBy         string                `json:"sentBy"`
	State          string                `json:"state" enum:"open,read,mended"`
	ReadAt         *time.Time            `json:"readAt"`
	ReadBy         string                `json:"readBy,omitempty"`
	Word           string                `json:"word,omitempty"`
}

func (h *handlers) viewReminders(ctx context.Context, all ...Reminder) ([]reminderView, error) {
	var places []kernel.OrganizationID
	for _, r := range all {
		places = append(places, r.Organization)
	}
	cards, err := h.service.Organizations.Cards(ctx, places)
	if err != nil {
		return nil, err
	}
	out := make([]reminderView, 0, len(all))
	for _, r := range all {
		v := reminderView{
			ID: r.ID, OrganizationID: r.Organization, Name: cards[r.Organization].Name, Findings: []remindedView{}, Note: r.Note,
			SentAt: r.At, SentBy: r.ByName, State: "open", ReadAt: r.ReadAt, ReadBy: r.ReadBy, Word: r.Word,
		}
		switch {
		case r.Mended():
			v.State = "mended"
		case r.ReadAt != nil:
			v.State = "read"
		}
		for k, n := range r.Kinds {
			v.Findings = append(v.Findings, remindedView{Kind: rule.Kind(k), Text: web.Text(ctx, "quality.kind."+k), Count: n, Left: r.Left[k]})
		}
		slices.SortFunc(v.Findings, func(a, b remindedView) int {
			if a.Count != b.Count {
				return int(b.Count - a.Count)
			}
			return slices.Compare([]byte(a.Kind), []byte(b.Kind))
		})
		out = append(out, v)
	}
	return out, nil
}

func (h *handlers) answerReminder(ctx context.Context, r Reminder, err error) (*web.Body[reminderView], error) {
	if err != nil {
		return nil, err
	}
	views, err := h.viewReminders(ctx, r)
	if err != nil {
		return nil, err
	}
	return web.Answer(views[0]), nil
}

func (h *handlers) remind(ctx context.Context, in *remindInput) (*web.Body[reminderView], error) {
	r, err := h.service.Remind(ctx, in.Body.OrganizationID, in.Body.Kinds, in.Body.Note)
	return h.answerReminder(ctx, r, err)
}

type remindersInput struct {
	OrganizationID kernel.OrganizationID `query:"organizationId" required:"true" minLength:"1" maxLength:"64"`
	Open           bool                  `query:"open" doc:"only what is neither mended nor read"`
	web.PageInput
}

func (h *handlers) reminders(ctx context.Context, in *remindersInput) (*web.Body[web.List[reminderView]], error) {
	page, err := h.service.Reminders(ctx, in.OrganizationID, in.Open, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	items, err := h.viewReminders(ctx, page.Items...)
	if err != nil {
		return nil, err
	}
	return web.Answer(web.NewList(items, page.Next, page.Total, page.More)), nil
}

type readInput struct {
	ID   string `path:"id" maxLength:"64"`
	Body struct {
		Word string `json:"word" minLength:"2" maxLength:"200"`
	}
}

func (h *handlers) readReminder(ctx context.Context, in *readInput) (*web.Body[reminderView], error) {
	r, err := h.service.ReadReminder(ctx, in.ID, in.Body.Word)
	return h.answerReminder(ctx, r, err)
}
