package oversight

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/oversight/rule"
)

type inspectionDoc struct {
	store.Doc    `bson:",inline"`
	Organization kernel.OrganizationID   `bson:"organization"`
	Path         []kernel.OrganizationID `bson:"path"`
	Shelves      []kernel.OrganizationID `bson:"shelves"`        // Path and everywhere
	Live         string                  `bson:"live,omitempty"` // one draw of a subject a year, until it is withdrawn
	Year         int                     `bson:"year"`
	Subject      Subject                 `bson:"subject"`
	Stratified   bool                    `bson:"stratified"`
	Note         string                  `bson:"note"`
	Population   int                     `bson:"population"`
	Digest       string                  `bson:"digest"`
	Head         string                  `bson:"head"`
	Seed         string                  `bson:"seed"`
	Size         int                     `bson:"size"`
	By           kernel.UserID           `bson:"by"`
	ByName       string                  `bson:"byName"`
	DrawnAt      time.Time               `bson:"drawnAt"`
	Withdrawal   *Withdrawal             `bson:"withdrawal,omitempty"`
}

// chunkDoc is a part of a frozen population; _id "inspection:number".
type chunkDoc struct {
	store.Doc  `bson:",inline"`
	Inspection string        `bson:"inspection"`
	Number     int           `bson:"number"`
	Members    []rule.Member `bson:"members"`
}

// itemDoc is one drawn member; _id "inspection:rank".
type itemDoc struct {
	store.Doc  `bson:",inline"`
	Inspection string      `bson:"inspection"`
	Rank       int         `bson:"rank"`
	Member     rule.Member `bson:"member"`
	Key        string      `bson:"key"`
	Result     Result      `bson:"result"`
	Note       string      `bson:"note,omitempty"`
	Link       string      `bson:"link,omitempty"`
	ByName     string      `bson:"byName,omitempty"`
	At         time.Time   `bson:"at,omitempty"`
}

const chunkSize = 5000

type inspections struct {
	heads  *store.Collection[inspectionDoc]
	chunks *store.Collection[chunkDoc]
	items  *store.Collection[itemDoc]
}

func openInspections(db *store.DB) inspections {
	return inspections{
		heads: store.Open[inspectionDoc](db, store.Spec{Name: "oversight_inspections", Indexes: []store.Index{
			{Name: "shelf", Fields: []string{"shelves", "drawnAt"}, Many: "shelves"},
			{Name: "live", Fields: []string{"live"}, Unique: true, Where: "live"},
		}}),
		chunks: store.Open[chunkDoc](db, store.Spec{Name: "oversight_populations", Indexes: []store.Index{
			{Name: "inspection", Fields: []string{"inspection", "number"}},
		}}),
		items: store.Open[itemDoc](db, store.Spec{Name: "oversight_items", Indexes: []store.Index{
			{Name: "rank", Fields: []string{"inspection", "rank"}},
			{Name: "result", Fields: []string{"inspection", "result", "rank"}},
		}}),
	}
}

func docOfInspection(i Inspection) inspectionDoc {
	d := inspectionDoc{
		Doc: store.Doc{ID: i.ID, Version: i.Stored}, Organization: i.Organization, Path: i.Path, Year: i.Year, Subject: i.Subject,
		Stratified: i.Stratified, Note: i.Note, Population: i.Population, Digest: i.Digest, Head: i.Head, Seed: i.Seed, Size: i.Size,
		By: i.By, ByName: i.ByName, DrawnAt: i.DrawnAt, Withdrawal: i.Withdrawal,
		Shelves: append(append([]kernel.OrganizationID{}, i.Path...), everywhere),
	}
	if i.Withdrawal == nil {
		d.Live = string(i.Organization) + "/" + strconv.Itoa(i.Year) + "/" + string(i.Subject)
	}
	return d
}

func (d inspectionDoc) inspection() Inspection {
	return Inspection{
		ID: d.ID, Organization: d.Organization, Path: d.Path, Year: d.Year, Subject: d.Subject, Stratified: d.Stratified, Note: d.Note,
		Population: d.Population, Digest: d.Digest, Head: d.Head, Seed: d.Seed, Size: d.Size, By: d.By, ByName: d.ByName,
		DrawnAt: d.DrawnAt, Withdrawal: d.Withdrawal, Stored: d.Version,
	}
}

func itemID(inspection string, rank int) string { return fmt.Sprintf("%s:%d", inspection, rank) }

func (d itemDoc) item() Item {
	return Item{
		Rank: d.Rank, Member: d.Member, Key: d.Key, Result: d.Result, Note: d.Note, Link: d.Link, ByName: d.ByName, At: d.At, Stored: d.Version,
	}
}

func (s inspections) inspection(ctx context.Context, id string) (Inspection, error) {
	d, err := s.heads.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		err = ErrInspectionUnknown
	}
	return d.inspection(), err
}

// freeze keeps a population and its draw.
func (s inspections) freeze(ctx context.Context, i Inspection, population []rule.Member, drawn []rule.Drawn) error {
	if err := s.heads.Insert(ctx, docOfInspection(i)); err != nil {
		return err
	}
	for n := 0; n*chunkSize < len(population); n++ {
		c := chunkDoc{
			Doc: store.Doc{ID: itemID(i.ID, n)}, Inspection: i.ID, Number: n,
			Members: population[n*chunkSize : min(len(population), (n+1)*chunkSize)],
		}
		if err := s.chunks.Insert(ctx, c); err != nil {
			return err
		}
	}
	items := make([]itemDoc, len(drawn))
	for n, d := range drawn {
		items[n] = itemDoc{Doc: store.Doc{ID: itemID(i.ID, n+1)}, Inspection: i.ID, Rank: n + 1, Member: d.Member, Key: d.Key, Result: ToInspect}
	}
	return s.items.Insert(ctx, items...)
}

// each goes through a frozen population, in the order of its digest.
func (s inspections) each(ctx context.Context, id string, take func(rule.Member) error) error {
	return s.chunks.Each(ctx, store.Query{Index: "inspection", Equal: []any{id}, Limit: 10}, func(c chunkDoc) error {
		for _, m := range c.Members {
			if err := take(m); err != nil {
				return err
			}
		}
		return nil
	})
}

// population reads a frozen population back.
func (s inspections) population(ctx context.Context, id string) (out []rule.Member, err error) {
	return out, s.each(ctx, id, func(m rule.Member) error {
		out = append(out, m)
		return nil
	})
}

// drawn reads a draw back as it was kept.
func (s inspections) drawn(ctx context.Context, id string) (out []rule.Drawn, err error) {
	return out, s.items.Each(ctx, store.Query{Index: "rank", Equal: []any{id}}, func(d itemDoc) error {
		out = append(out, rule.Drawn{Member: d.Member, Key: d.Key})
		return nil
	})
}
