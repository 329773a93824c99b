package witnesses

import (
	"context"
	"fmt"
	"log/slog"
	"net/mail"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/job"
	"carecert/modules/kit/lease"
	"carecert/modules/kit/store"
	"carecert/modules/witnesses/rule"
	"carecert/modules/witnesses/wire"
)

// Say says a code in Chinese and in English, with something between: whoever
// reads a mail has no language setting here.
type Say func(between, code string, params ...string) string

// Service holds the use cases.
type Service struct {
	repo     *repository
	clock    kernel.Clock
	log      *slog.Logger
	audit    Auditor
	secrets  Secrets
	issuance Log
	carriers Carriers
	jobs     *job.Queue
	leases   *lease.Leases
	rows     []rule.Row
	say      Say
	baseURL  string
	own      *countersigner
}

func (s *Service) now() time.Time { return s.clock.Now().UTC().Truncate(time.Millisecond) }

// Silence is how long a witness may be silent.
func (s *Service) Silence() (rule.Row, error) {
	row, ok := kernel.Nearest(s.rows, "", kernel.DateOf(s.now()))
	if !ok {
		return row, fmt.Errorf("witnesses: no rule of silence is in force on %s", kernel.DateOf(s.now()))
	}
	return row, nil
}

// Draft is a witness to be named.
type Draft struct {
	Name                    string
	Kind                    Kind
	Address, Verifier, Mail string
}

// Name names an outside witness; ErrWay, ErrAddress, ErrKey, ErrMail.
func (s *Service) Name(ctx context.Context, d Draft) (Witness, error) {
	w := Witness{
		ID: kernel.NewID(), Name: strings.TrimSpace(d.Name), Kind: d.Kind, State: Active, CreatedAt: s.now(), CreatedBy: kernel.ActorFrom(ctx).Name, Stored: 1,
	}
	if why := s.missing(d.Kind); why != "" {
		return w, ErrWay
	}
	switch d.Kind {
	case Bureau:
		w.Address = strings.TrimRight(strings.TrimSpace(d.Address), "/")
		if !s.carriers.Bureau.Allows(w.Address) {
			return w, ErrAddress.At("body.address", ErrAddress.Code, w.Address)
		}
		known, err := wire.ParseWitness(strings.TrimSpace(d.Verifier))
		if err != nil {
			return w, ErrKey.At("body.verifier", ErrKey.Code, d.Verifier)
		}
		w.Verifier = known.String()
	case Mail:
		to, err := mail.ParseAddress(strings.TrimSpace(d.Mail))
		if err != nil || strings.ContainsAny(to.Address, "\r\n") {
			return w, ErrMail.At("body.mail", ErrMail.Code, d.Mail)
		}
		w.Mail = to.Address
	case Folder, Hand:
	}
	err := s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if err := s.repo.witnesses.Insert(ctx, w.doc()); err != nil {
			return fmt.Errorf("witness: %w", err)
		}
		return s.audit.Record(ctx, kernel.Act{Verb: "create", Noun: "logWitness", ID: w.ID, Detail: map[string]string{"name": w.Name, "way": string(w.Kind)}})
	})
	return w, err
}

// missing is the message code of why a way is not open; "" where it is.
func (s *Service) missing(k Kind) string {
	switch {
	case k == Folder && s.carriers.Folder == nil:
		return "witnesses.way.folder_unset"
	case k == Mail && s.carriers.Mail == nil:
		return "witnesses.way.mail_unset"
	default:
		return ""
	}
}

// Pause stops deliveries to a witness; ErrUnknown, ErrRemoved, ErrPaused.
func (s *Service) Pause(ctx context.Context, id, why string) (Witness, error) {
	return s.change(ctx, id, "pause", why, func(w Witness) (Witness, error) { return w.Pause(why) })
}

// Resume lets deliveries go on; ErrUnknown, ErrRemoved, ErrActive.
func (s *Service) Resume(ctx context.Context, id string) (Witness, error) {
	return s.change(ctx, id, "resume", "", func(w Witness) (Witness, error) { return w.Resume() })
}

// Remove ends a witness for good; ErrUnknown, ErrRemoved.
func (s *Service) Remove(ctx context.Context, id, why string) (Witness, error) {
	return s.change(ctx, id, "remove", why, func(w Witness) (Witness, error) { return w.Remove(why) })
}

func (s *Service) change(ctx context.Context, id, verb, why string, how func(Witness) (Witness, error)) (w Witness, err error) {
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if w, err = s.repo.witness(ctx, id); err != nil {
			return err
		}
		if w, err = how(w); err != nil {
			return err
		}
		if err := s.repo.save(ctx, &w); err != nil {
			return err
		}
		return s.audit.Record(ctx, kernel.Act{Verb: verb, Noun: "logWitness", ID: w.ID, Reason: why, Detail: map[string]string{"name": w.Name}})
	})
	return w, err
}

// countLimit is how far totals are exact.
const countLimit = 10_000

// List is a page of witnesses, the newest first, those removed among them.
func (s *Service) List(ctx context.Context, limit int, cursor string) (items []Witness, next string, total int64, more bool, err error) {
	page, err := s.repo.witnesses.Find(ctx, store.Query{Index: "created", Desc: true, Limit: limit, After: cursor})
	if err != nil {
		return nil, "", 0, false, err
	}
	for _, d := range page.Items {
		items = append(items, d.read())
	}
	total, more, err = s.repo.witnesses.Count(ctx, store.Query{Index: "created"}, countLimit)
	return items, page.Next, total, more, err
}

// Find reads a witness; ErrUnknown.
func (s *Service) Find(ctx context.Context, id string) (Witness, error) {
	return s.repo.witness(ctx, id)
}

// Deliveries is a page of what was sent to a witness, the newest first;
// ErrUnknown.
func (s *Service) Deliveries(ctx context.Context, id string, limit int, cursor string) (items []Delivery, next string, total int64, more bool, err error) {
	if _, err := s.repo.witness(ctx, id); err != nil {
		return nil, "", 0, false, err
	}
	q := store.Query{Index: "witness", Equal: []any{id}}
	if total, more, err = s.repo.deliveries.Count(ctx, q, countLimit); err != nil {
		return nil, "", 0, false, err
	}
	q.Desc, q.Limit, q.After = true, limit, cursor
	page, err := s.repo.deliveries.Find(ctx, q)
	for _, d := range page.Items {
		items = append(items, d.read())
	}
	return items, page.Next, total, more, err
}

// Public are the witnesses that heads go to, for everybody.
func (s *Service) Public(ctx context.Context) (out []Witness, err error) {
	err = s.repo.active(ctx, func(w Witness) error {
		out = append(out, w)
		return nil
	})
	return out, err
}

// Standing is how things are on the whole.
type Standing struct {
	Head    wire.Head
	Own     string          // public key of this program as a witness
	Address string          // where others send their heads
	Ways    map[Kind]string // message code of why a way is not open; "" where it is
	Rule    rule.Row
	Silent  int
	Refused int   // witnesses whose last delivery was refused
	Alarms  int64 // that nobody has settled
}

// Standing tells how the witnesses stand.
func (s *Service) Standing(ctx context.Context) (out Standing, err error) {
	if out.Rule, err = s.Silence(); err != nil {
		return out, err
	}
	if out.Head, _, err = s.head(ctx, 0); err != nil {
		return out, err
	}
	out.Own, out.Address = s.own.witness.String(), s.baseURL+pathOfWitness
	out.Ways = map[Kind]string{}
	for _, k := range []Kind{Bureau, Folder, Mail, Hand} {
		out.Ways[k] = s.missing(k)
	}
	if err = s.repo.active(ctx, func(w Witness) error {
		if s.IsSilent(w, out.Rule, out.Head.N) {
			out.Silent++
		}
		if w.Outcome == Refused {
			out.Refused++
		}
		return nil
	}); err != nil {
		return out, err
	}
	out.Alarms, _, err = s.repo.alarms.Count(ctx, store.Query{Index: "open", Equal: []any{true}}, countLimit)
	return out, err
}

// IsSilent tells whether a witness that heads go to has not acknowledged the
// log's growth for too long. One that holds the head as it is has nothing to
// say.
func (s *Service) IsSilent(w Witness, row rule.Row, size int64) bool {
	return w.State == Active && w.Held.Size < size && row.Silent(w.Since(), s.now())
}
