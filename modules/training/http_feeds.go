package training

import (
	"context"
	"time"

	"carecert/modules/kit/web"
)

func (h *handlers) feedRoutes(r *web.Router) {
	web.Post(r, "/calendar-feeds", web.May("calendarFeed", "create"), h.openFeed, web.Pace(20, 10), web.Summary("Make the address of a calendar of one's own sessions, of a class or of a practice base; it is told this once"))
	web.Get(r, "/calendar-feeds", web.May("calendarFeed", "create"), h.feeds, web.Summary("One's own calendar addresses that stand"))
	web.Delete(r, "/calendar-feeds/{id}", web.May("calendarFeed", "create"), h.revokeFeed, web.Summary("End a calendar address at once"))
	web.Get(r, "/public/calendars/{code}/sessions.ics", web.Public("calendarFeed", "open"), h.readFeed, web.Pace(30, 20), web.Summary("The sessions behind a calendar address, as iCalendar"))
}

// remindBefore is when a calendar of one's own sounds its alarm; each reader's
// calendar lets them set another.
const remindBefore = 24 * time.Hour

type feedView struct {
	ID        string    `json:"id"`
	Kind      FeedKind  `json:"kind" enum:"person,class,place"`
	TargetID  string    `json:"targetId"`
	Title     string    `json:"title"`
	CreatedAt time.Time `json:"createdAt"`
}

type openedFeedView struct {
	Feed feedView `json:"feed"`
	URL  string   `json:"url" doc:"to subscribe to; told this once"`
}

func viewFeed(f Feed) feedView {
	return feedView{ID: f.ID, Kind: f.Kind, TargetID: f.Target, Title: f.Title, CreatedAt: f.At}
}

type openFeedInput struct {
	Body struct {
		Kind     FeedKind `json:"kind" enum:"person,class,place"`
		TargetID string   `json:"targetId,omitempty" maxLength:"64" doc:"the class or the base; oneself when left out"`
	}
}

func (h *handlers) openFeed(ctx context.Context, in *openFeedInput) (*web.Body[openedFeedView], error) {
	f, code, err := h.service.OpenFeed(ctx, in.Body.Kind, in.Body.TargetID)
	if err != nil {
		return nil, err
	}
	return web.Answer(openedFeedView{Feed: viewFeed(f), URL: h.service.BaseURL + web.Prefix + "/public/calendars/" + code + "/sessions.ics"}), nil
}

func (h *handlers) feeds(ctx context.Context, _ *struct{}) (*web.Body[web.List[feedView]], error) {
	found, err := h.service.Feeds(ctx)
	if err != nil {
		return nil, err
	}
	return web.Answer(web.NewList(each(found, viewFeed), "", int64(len(found)), false)), nil
}

type feedInput struct {
	ID string `path:"id" maxLength:"64"`
}

func (h *handlers) revokeFeed(ctx context.Context, in *feedInput) (*struct{}, error) {
	return nil, h.service.RevokeFeed(ctx, in.ID)
}

type readFeedInput struct {
	Code string `path:"code" maxLength:"64"`
}

type calendarOutput struct {
	ContentType  string `header:"Content-Type"`
	CacheControl string `header:"Cache-Control"`
	Body         []byte
}

func (h *handlers) readFeed(ctx context.Context, in *readFeedInput) (*calendarOutput, error) {
	f, sessions, err := h.service.ReadFeed(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	words := calendarWords{
		Name: f.Title, Teacher: web.Text(ctx, "training.calendar_teacher"), Cancelled: web.Text(ctx, "training.calendar_cancelled"),
		Soon: web.Text(ctx, "training.calendar_soon"),
	}
	link, remind := "/classes/", time.Duration(0)
	if f.Kind == FeedPerson {
		words.Name, link, remind = web.Text(ctx, "training.calendar_own"), "/m/classes?class=", remindBefore
	}
	body := calendarOf(sessions, words, func(x Session) string { return h.service.BaseURL + link + string(x.Class) }, remind)
	return &calendarOutput{ContentType: "text/calendar; charset=utf-8", CacheControl: "private, max-age=300", Body: []byte(body)}, nil
}
