package witnesses

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/witnesses/carry"
	"carecert/modules/witnesses/wire"
)

const (
	jobSend = "witnesses.send"
	// againAfter is how long a delivery that failed for good today rests.
	againAfter = time.Hour
	sendLease  = time.Minute
)

// errBusy: another instance sends to this witness just now.
var errBusy = errors.New("witnesses: another delivery to this witness is under way")

type sendPayload struct {
	Witness string `bson:"witness"`
	By      string `bson:"by,omitempty"`
}

// SendDue queues the day's head for every witness that has not been tried
// today, and once more an hour after a failure.
func (s *Service) SendDue(ctx context.Context) error {
	now := s.now()
	return s.repo.active(ctx, func(w Witness) error {
		today := !w.TriedAt.IsZero() && kernel.DateOf(w.TriedAt) == kernel.DateOf(now)
		if w.Kind == Hand || s.missing(w.Kind) != "" || (today && (w.Outcome != Failed || now.Sub(w.TriedAt) < againAfter)) {
			return nil
		}
		_, err := s.jobs.Enqueue(ctx, jobSend, w.ID+"|"+now.Format("2006010215"), sendPayload{Witness: w.ID})
		return err
	})
}

// Send queues the head as it is now for a witness; ErrUnknown, ErrRemoved,
// ErrPaused, ErrWay, ErrHand.
func (s *Service) Send(ctx context.Context, id string) error {
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		w, err := s.sendable(ctx, id)
		if err != nil {
			return err
		}
		if w.Kind == Hand {
			return ErrHand
		}
		by := kernel.ActorFrom(ctx).Name
		if err := s.audit.Record(ctx, kernel.Act{Verb: "send", Noun: "logWitness", ID: w.ID, Detail: map[string]string{"name": w.Name}}); err != nil {
			return err
		}
		_, err = s.jobs.Enqueue(ctx, jobSend, "", sendPayload{Witness: w.ID, By: by})
		return err
	})
}

func (s *Service) sendable(ctx context.Context, id string) (Witness, error) {
	w, err := s.repo.witness(ctx, id)
	switch {
	case err != nil:
		return w, err
	case w.State == Removed:
		return w, ErrRemoved
	case w.State == Paused:
		return w, ErrPaused
	case s.missing(w.Kind) != "":
		return w, ErrWay
	default:
		return w, nil
	}
}

// Take hands the head over to somebody who comes for it, and gives its file;
// ErrUnknown, ErrRemoved, ErrPaused, ErrNotHand, ErrNothing.
func (s *Service) Take(ctx context.Context, id string) (d Delivery, file []byte, err error) {
	w, err := s.sendable(ctx, id)
	if err != nil {
		return d, nil, err
	}
	if w.Kind != Hand {
		return d, nil, ErrNotHand
	}
	head, grown, err := s.head(ctx, w.Held.Size)
	if err != nil {
		return d, nil, err
	}
	if head.N == 0 {
		return d, nil, ErrNothing
	}
	if file, err = wire.FileOf(head, s.issuance.Key(), w.Name, s.now()); err != nil {
		return d, nil, err
	}
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if w, err = s.repo.witness(ctx, id); err != nil {
			return err
		}
		if d, err = s.begin(ctx, &w, head, kernel.ActorFrom(ctx).Name); err != nil {
			return err
		}
		if rewritten(w, grown) {
			d.Outcome, d.Code = Refused, outcomeRewritten
		} else {
			d.Outcome, d.Code = Acknowledged, ""
		}
		if err := s.finish(ctx, w, &d); err != nil {
			return err
		}
		return s.audit.Record(ctx, kernel.Act{Verb: "take", Noun: "logWitness", ID: w.ID, Detail: map[string]string{
			"name": w.Name, "size": strconv.FormatInt(head.N, 10), "outcome": string(d.Outcome),
		}})
	})
	return d, file, err
}

// head is our head as it is now, and the proof from a size on.
func (s *Service) head(ctx context.Context, from int64) (h wire.Head, g Grown, err error) {
	if g, err = s.issuance.Grown(ctx, from); err != nil || g.Note == "" {
		return h, g, err
	}
	log, err := wire.ParseLog(s.issuance.Key())
	if err != nil {
		return h, g, err
	}
	if h, err = wire.Open(g.Note, note.VerifierList(log)); err != nil {
		return h, g, fmt.Errorf("our own head: %w", err)
	}
	return h, g, nil
}

// rewritten tells whether what the witness acknowledged is no longer how our
// log begins: then somebody has to look, whatever the witness says.
func rewritten(w Witness, g Grown) bool {
	return w.Held.Size > 0 && (g.Shorter || g.FromRoot != w.Held.tree().Hash)
}

// deliver sends the head as it is now to a witness, unless it has it.
func (s *Service) deliver(ctx context.Context, p sendPayload) error {
	held, err := s.leases.While(ctx, "witnesses.send:"+p.Witness, sendLease, func(ctx context.Context) error {
		w, err := s.sendable(ctx, p.Witness)
		if err != nil {
			return err
		}
		head, grown, err := s.head(ctx, w.Held.Size)
		if err != nil || head.N == 0 {
			return err
		}
		var d Delivery
		if err := s.repo.db.Tx(ctx, func(ctx context.Context) error {
			if w, err = s.repo.witness(ctx, w.ID); err != nil {
				return err
			}
			d, err = s.begin(ctx, &w, head, p.By)
			return err
		}); err != nil || d.Outcome == Acknowledged {
			return err
		}
		failure := s.carry(ctx, w, head, grown, &d)
		err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
			if w, err = s.repo.witness(ctx, w.ID); err != nil {
				return err
			}
			return s.finish(ctx, w, &d)
		})
		return errors.Join(failure, err)
	})
	if err == nil && !held {
		return errBusy
	}
	return err
}

// begin notes that a head is on its way, before it is: one delivery for a head
// and a witness, which counts its attempts.
func (s *Service) begin(ctx context.Context, w *Witness, head wire.Head, by string) (Delivery, error) {
	h := Held{Size: head.N, Root: head.Hash[:], Note: head.Note, At: s.now()}
	d := Delivery{ID: deliveryID(w.ID, h), Witness: w.ID, At: s.now(), Head: h, By: by}
	found, err := s.repo.deliveries.Get(ctx, d.ID)
	switch {
	case errors.Is(err, store.ErrNotFound):
	case err != nil:
		return d, err
	default:
		d = found.read()
	}
	if d.Outcome != Acknowledged {
		d.Attempts++
		d.DoneAt, d.Outcome, d.Code = s.now(), Failed, outcomeUnreached
		doc := d.doc()
		if err := s.repo.deliveries.Put(ctx, &doc); err != nil {
			return d, fmt.Errorf("delivery: %w", err)
		}
		d.Stored = doc.Version
	}
	w.TriedAt = s.now()
	if d.Outcome == Acknowledged {
		w.Outcome = Acknowledged
	}
	return d, s.repo.save(ctx, w)
}

// finish writes down what came of it.
func (s *Service) finish(ctx context.Context, w Witness, d *Delivery) error {
	d.DoneAt = s.now()
	doc := d.doc()
	if err := s.repo.deliveries.Replace(ctx, &doc); err != nil {
		return fmt.Errorf("delivery: %w", err)
	}
	d.Stored = doc.Version
	before := w.Outcome
	w.Outcome = d.Outcome
	if d.Outcome == Acknowledged && d.Head.Size >= w.Held.Size {
		w.Held = d.Head
		w.Held.At = d.DoneAt
		w.SilentAt = time.Time{}
	}
	if err := s.repo.save(ctx, &w); err != nil {
		return err
	}
	if d.Outcome != Refused || before == Refused {
		return nil
	}
	s.log.ErrorContext(ctx, "a witness does not accept the head of the issuance log", "witness", w.Name, "size", d.Head.Size, "cause", d.Code)
	return s.audit.Record(ctx, kernel.Act{Verb: "alarm", Noun: "logWitness", ID: w.ID, Detail: map[string]string{
		"name": w.Name, "size": strconv.FormatInt(d.Head.Size, 10), "cause": strings.TrimPrefix(d.Code, outcomePrefix),
	}})
}

// What comes of a delivery, as message codes.
const (
	outcomePrefix    = "witnesses.outcome."
	outcomeUnreached = outcomePrefix + "unreached"
	outcomeRewritten = outcomePrefix + "rewritten" // our log is not the one that was acknowledged
	outcomeStranger  = outcomePrefix + "stranger"  // it does not watch this log
	outcomeRefused   = outcomePrefix + "refused"   // it holds a head that ours does not follow
	outcomeUnsigned  = outcomePrefix + "unsigned"  // what it answered is not its countersignature
	outcomeDiffers   = outcomePrefix + "differs"   // the medium holds another head of that size
)

// carry brings the head there and notes what came of it; an error is worth
// another try.
func (s *Service) carry(ctx context.Context, w Witness, head wire.Head, grown Grown, d *Delivery) error {
	var err error
	switch w.Kind {
	case Bureau:
		err = s.ask(ctx, w, head, grown, d)
	case Folder, Mail:
		err = s.keep(ctx, w, head, d)
	case Hand:
		return ErrHand
	}
	if rewritten(w, grown) { // the witness was still sent the head: it is its evidence
		d.Outcome, d.Code = Refused, outcomeRewritten
		return nil
	}
	return err
}

func (s *Service) ask(ctx context.Context, w Witness, head wire.Head, grown Grown, d *Delivery) error {
	known, err := wire.ParseWitness(w.Verifier)
	if err != nil {
		return fmt.Errorf("witness %s: %w", w.ID, err)
	}
	r := wire.Request{Old: w.Held.Size, Proof: grown.Proof, Note: head.Note}
	if grown.Shorter {
		r.Old, r.Proof = 0, nil
	}
	a, err := s.carriers.Bureau.Ask(ctx, w.Address, r)
	if err == nil && a.Status == http.StatusConflict && a.Held != r.Old && a.Held <= head.N && !grown.Shorter {
		// It holds another head than it told us last: an answer was lost.
		more, gerr := s.issuance.Grown(ctx, a.Held)
		if gerr != nil {
			return gerr
		}
		if more.Note == head.Note {
			a, err = s.carriers.Bureau.Ask(ctx, w.Address, wire.Request{Old: a.Held, Proof: more.Proof, Note: head.Note})
		}
	}
	if err != nil {
		return err
	}
	switch a.Status {
	case http.StatusOK:
		line, at, err := known.Check(head.Text, a.Lines)
		if err != nil {
			d.Outcome, d.Code = Refused, outcomeUnsigned
			return nil
		}
		d.Outcome, d.Code, d.Head.Countersignature = Acknowledged, "", line
		d.Head.At = at
	case http.StatusConflict, http.StatusUnprocessableEntity:
		d.Outcome, d.Code = Refused, outcomeRefused
	case http.StatusForbidden, http.StatusNotFound:
		d.Outcome, d.Code = Refused, outcomeStranger
	default:
		return fmt.Errorf("witness %s: status %d", w.ID, a.Status)
	}
	return nil
}

func (s *Service) keep(ctx context.Context, w Witness, head wire.Head, d *Delivery) error {
	at := kernel.DateOf(s.now())
	file, err := wire.FileOf(head, s.issuance.Key(), w.Name, d.At) // of the first try: the same file each time
	if err != nil {
		return err
	}
	root := base64.StdEncoding.EncodeToString(head.Hash[:])
	p := carry.Parcel{Witness: w.ID, To: w.Mail, Size: head.N, Key: root, File: file}
	keeper := s.carriers.Folder
	if w.Kind == Mail {
		keeper = s.carriers.Mail
		p.Subject = s.say(" / ", "witnesses.mail.subject", "size", strconv.FormatInt(head.N, 10), "on", string(at))
		p.Text = s.say("\n\n", "witnesses.mail.text", "name", w.Name, "size", strconv.FormatInt(head.N, 10), "root", root, "page", s.baseURL+"/log")
	}
	err = keeper.Keep(ctx, p)
	if errors.Is(err, carry.ErrDiffers) {
		d.Outcome, d.Code = Refused, outcomeDiffers
		return nil
	}
	if err != nil {
		return err
	}
	d.Outcome, d.Code = Acknowledged, ""
	return nil
}
