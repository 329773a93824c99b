package training

import (
	"context"
	"slices"
	"strconv"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
	"carecert/modules/training/rule"
)

// Record is training's part of a person's record, and its word on whether
// anything was built on a person.
type Record struct{ service *Service }

// Record gives the part that people shows.
func (m *Module) Record() Record { return Record{m.Service} }

// Name of the part.
func (Record) Name() string { return "training" }

type recordLine struct {
	ClassID       kernel.ClassID       `json:"classId"`
	Title         string               `json:"title"`
	Category      Category             `json:"category"`
	ProviderName  string               `json:"providerName"`
	StartsOn      kernel.Date          `json:"startsOn"`
	EndsOn        kernel.Date          `json:"endsOn"`
	State         SeatState            `json:"state"`
	EnrolledAt    time.Time            `json:"enrolledAt"`
	Result        string               `json:"result,omitempty"`
	CertificateID kernel.CertificateID `json:"certificateId,omitempty"`
}

// Part lists the classes of a person, latest first; who may read the record was
// decided by its owner.
func (r Record) Part(ctx context.Context, p kernel.PersonID) (any, error) {
	ids, err := r.service.enrolledIn(ctx, p)
	if err != nil {
		return nil, err
	}
	docs, err := r.service.docs.classes.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	lines := make([]recordLine, 0, len(docs))
	for _, d := range docs {
		c := d.class()
		i := c.seat(p)
		if i < 0 || !c.Opened() {
			continue
		}
		seat := c.Seats[i]
		lines = append(lines, recordLine{
			ClassID: c.ID, Title: c.Terms.Title, Category: c.Terms.Category, ProviderName: c.ProviderName,
			StartsOn: c.StartsOn, EndsOn: c.EndsOn, State: seat.State, EnrolledAt: seat.RecordedAt,
			Result: seat.Result, CertificateID: seat.Certificate,
		})
	}
	return lines, nil
}

// Items implements the register's chapters: a line for each class.
func (r Record) Items(ctx context.Context, p kernel.PersonID) ([]kernel.RecordItem, error) {
	ids, err := r.service.enrolledIn(ctx, p)
	if err != nil {
		return nil, err
	}
	docs, err := r.service.docs.classes.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	items := make([]kernel.RecordItem, 0, len(docs))
	for _, d := range docs {
		c := d.class()
		if i := c.seat(p); i >= 0 && c.Opened() {
			items = append(items, recordItem(ctx, c, c.Seats[i]))
		}
	}
	return items, nil
}

func recordItem(ctx context.Context, c Class, seat Seat) kernel.RecordItem {
	say := func(code string) string { return web.Text(ctx, "training.record."+code) }
	state, tone := string(seat.State), ""
	switch seat.Result {
	case rule.Completed:
		state, tone = rule.Completed, kernel.ToneGood
	case rule.Refused:
		state, tone = rule.Refused, kernel.ToneBad
	}
	item := kernel.RecordItem{
		Chapter: kernel.ChapterTraining, ID: string(c.ID), On: c.StartsOn, Until: c.EndsOn, Title: c.Terms.Title, Place: c.ProviderName,
		State: state, StateText: say("state." + state), Tone: tone,
		Facts: []kernel.RecordFact{
			{Key: "category", Label: say("category"), Value: say("category." + string(c.Terms.Category))},
			{Key: "classHours", Label: say("classHours"), Value: strconv.Itoa(c.Terms.ClassHours)},
		},
		Reasons:  append([]kernel.Reason{}, seat.Reasons...),
		Evidence: []kernel.Evidence{{Label: say("class"), Href: web.Prefix + "/classes/" + string(c.ID)}},
	}
	if seat.Score != nil {
		item.Facts = append(item.Facts, kernel.RecordFact{Key: "score", Label: say("score"), Value: strconv.FormatFloat(float64(*seat.Score)/100, 'f', -1, 64)})
	}
	if seat.Certificate != "" {
		item.Evidence = append(item.Evidence, kernel.Evidence{Label: say("certificate"), Href: web.Prefix + "/certificates/" + string(seat.Certificate)})
	}
	web.Say(ctx, item.Reasons)
	return item
}

// Built tells whether the person was enrolled or their attendance recorded at an
// instant or after it, also where the seat was given up again: a people.Foundation.
func (r Record) Built(ctx context.Context, p kernel.PersonID, since time.Time) (bool, error) {
	all, err := r.service.enrolments(ctx, p)
	if err != nil || slices.ContainsFunc(all, func(d enrolmentDoc) bool { return !d.RecordedAt.Before(since) }) {
		return err == nil, err
	}
	attended := false
	q := store.Query{Index: "by_person", Equal: []any{string(p)}}
	err = r.service.docs.attendance.Each(ctx, q, func(d attendanceDoc) error {
		if attended = !d.ChangedAt.Before(since); attended {
			return store.Stop
		}
		return nil
	})
	return attended, err
}
