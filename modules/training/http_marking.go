package training

import (
	"context"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

type markManyInput struct {
	ID   kernel.SessionID `path:"id" maxLength:"64"`
	Body markManyBody
}

type markManyBody struct {
	Act          string            `json:"act,omitempty" enum:"enter,confirm,checkOut" doc:"enter: was there (unless stated); confirm: what was scanned is true; checkOut: those who are inside have left"`
	PersonIDs    []kernel.PersonID `json:"personIds,omitempty" maxItems:"1000" doc:"unless stated: all enrolled who have no presence, whose scan waits for the teacher, or who are inside"`
	CheckedInAt  *time.Time        `json:"checkedInAt,omitempty" doc:"the session's start, unless stated"`
	CheckedOutAt *time.Time        `json:"checkedOutAt,omitempty" doc:"the session's end, unless stated; for checkOut now, before the end"`
	Reason       string            `json:"reason" minLength:"1" maxLength:"500"`
	SheetID      string            `json:"sheetId,omitempty" maxLength:"64" doc:"the signed sheet that it was read from"`
}

func (b markManyBody) draft() MarkDraft {
	d := MarkDraft{People: b.PersonIDs, WordDraft: WordDraft{Reason: b.Reason, Sheet: b.SheetID}}
	set(&d.In, b.CheckedInAt)
	set(&d.Out, b.CheckedOutAt)
	d.In, d.Out = instant(d.In), instant(d.Out)
	switch b.Act {
	case "confirm":
		d.Of = WordConfirm
	case "checkOut":
		d.Of = WordOut
	}
	return d
}

type unmarkedView struct {
	PersonID kernel.PersonID `json:"personId"`
	Reason   kernel.Reason   `json:"reason"`
}

type markedView struct {
	Marked []kernel.PersonID `json:"marked"`
	Left   []unmarkedView    `json:"left" doc:"of whom that cannot be said, and why"`
}

func (h *handlers) markMany(ctx context.Context, in *markManyInput) (*web.Body[markedView], error) {
	marked, left, err := h.service.MarkMany(ctx, in.ID, in.Body.draft())
	if err != nil {
		return nil, err
	}
	return web.Answer(markedView{
		Marked: append([]kernel.PersonID{}, marked...),
		Left: each(left, func(u Unmarked) unmarkedView {
			reason := kernel.Because(u.Why.Code, "")
			return unmarkedView{u.Person, *saidOne(ctx, &reason)}
		}),
	}), nil
}
