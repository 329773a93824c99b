package notifications

import (
	"context"
	"time"

	"carecert/modules/kit/web"
)

type handlers struct{ service *Service }

func routes(r *web.Router, s *Service) {
	h := &handlers{s}
	web.Get(r, "/notifications", web.May("notification", "read"), h.list, web.Summary("What one was told, the latest first"))
	web.Get(r, "/notifications/unread", web.May("notification", "read"), h.unread, web.Summary("How much one has not read yet"))
	web.Act(r, "/notifications/{id}/read", web.May("notification", "read"), h.read, web.Summary("Mark a notification as read"))
	web.Act(r, "/notifications/read", web.May("notification", "read"), h.readAll, web.Summary("Mark what one was told up to an instant as read"))
}

type notificationView struct {
	ID   string    `json:"id"`
	Kind Kind      `json:"event" enum:"enrolled,waitlisted,movedUp,takenOut,sessionMoved,sessionCancelled,sessionSoon,presenceRefused,classCompleted,certificateRevoked,yearShort,surveyOpen"`
	Text string    `json:"text"`
	Href string    `json:"href,omitempty" doc:"path under the phone pages"`
	At   time.Time `json:"at"`
	Read bool      `json:"read"`
}

func view(ctx context.Context, n Notification) notificationView {
	return notificationView{ID: n.ID, Kind: n.Kind, Text: n.Text(ctx), Href: n.Href, At: n.At, Read: !n.ReadAt.IsZero()}
}

// Text says it in the reader's language.
func (n Notification) Text(ctx context.Context) string {
	var params []string
	for k, v := range n.Params {
		params = append(params, k, v)
	}
	return web.Text(ctx, "notifications.kind."+string(n.Kind), params...)
}

type listInput struct {
	web.PageInput
	Unread bool `query:"unread" doc:"only what is not read yet"`
}

func (h *handlers) list(ctx context.Context, in *listInput) (*web.Body[web.List[notificationView]], error) {
	l, err := h.service.List(ctx, in.Unread, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	items := make([]notificationView, 0, len(l.Items))
	for _, n := range l.Items {
		items = append(items, view(ctx, n))
	}
	return web.Answer(web.NewList(items, l.Next, l.Total, l.More)), nil
}

type unreadView struct {
	Count int64 `json:"count"`
	More  bool  `json:"more" doc:"there are more than that"`
}

func (h *handlers) unread(ctx context.Context, _ *struct{}) (*web.Body[unreadView], error) {
	n, more, err := h.service.Unread(ctx)
	if err != nil {
		return nil, err
	}
	return web.Answer(unreadView{n, more}), nil
}

type readInput struct {
	ID string `path:"id" maxLength:"300"`
}

func (h *handlers) read(ctx context.Context, in *readInput) (*web.Body[notificationView], error) {
	n, err := h.service.Read(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return web.Answer(view(ctx, n)), nil
}

type readAllInput struct {
	Body struct {
		Until time.Time `json:"until" doc:"the time of the latest one that was seen"`
	}
}

type readAllView struct {
	Read int `json:"read" doc:"so many were marked"`
}

func (h *handlers) readAll(ctx context.Context, in *readAllInput) (*web.Body[readAllView], error) {
	n, err := h.service.ReadAll(ctx, in.Body.Until)
	if err != nil {
		return nil, err
	}
	return web.Answer(readAllView{n}), nil
}
