package imports

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/job"
)

// An import is withdrawn part by part: first every part is looked at, so that
// all that stands in the way is found before anything is touched; then they are
// taken back, each looked at once more, and then the refused rows of earlier
// files are opened that it had brought again. What is at most a part is done at once,
// more is a job that a killed server resumes. Should somebody build on a row
// between the two rounds, the withdrawal stops there and says so; asked for
// again it goes on with what is left.

// withdrawalJob is the name of withdrawals in the queue; its key is the
// import's id and how often it was asked for.
const withdrawalJob = "imports.withdraw"

// WithdrawalStage is where a withdrawal stands.
type WithdrawalStage string

// The stages.
const (
	Withdrawing       WithdrawalStage = "running"
	WithdrawalStopped WithdrawalStage = "stopped" // something stands in the way
	WithdrawalDone    WithdrawalStage = "done"
)

// Withdrawal is somebody's wish to undo an import, and how far it is.
type Withdrawal struct {
	Stage  WithdrawalStage `bson:"stage"`
	Reason string          `bson:"reason"`
	ByName string          `bson:"byName"`
	At     time.Time       `bson:"at"`
	Rows   int             `bson:"rows"` // taken back so far

	InTheWay []Problem `bson:"inTheWay,omitempty"` // the first namedInTheWay
	Hindered int       `bson:"hindered,omitempty"` // how much stands in the way

	Reach kernel.Reach `bson:"reach"` // of who asked for it
	Try   int          `bson:"try"`
}

// namedInTheWay is how much of what stands in the way is named.
const namedInTheWay = 100

// hinder notes what stands in the way.
func (w *Withdrawal) hinder(all ...Problem) {
	w.Hindered += len(all)
	w.InTheWay = append(w.InTheWay, all[:min(len(all), namedInTheWay-len(w.InTheWay))]...)
}

// refusal says the same as a fault: what is met first, and all by name.
func (w *Withdrawal) refusal() *fault.Fault {
	f := fault.Fault{Kind: fault.Conflict, Code: w.InTheWay[0].Code, Params: w.InTheWay[0].Params}
	if w.Hindered > 1 {
		for _, p := range w.InTheWay {
			f.Fields = append(f.Fields, fault.Field{Location: "import", Code: p.Code, Params: p.Params})
		}
	}
	return &f
}

// problems reads a refusal: all that it names, or itself.
func problems(f *fault.Fault) []Problem {
	if len(f.Fields) == 0 {
		return []Problem{{Code: f.Code, Params: f.Params}}
	}
	out := make([]Problem, 0, len(f.Fields))
	for _, x := range f.Fields {
		out = append(out, Problem{Code: x.Code, Params: x.Params})
	}
	return out
}

// Withdraw undoes an import while nothing was built on it, at once or, where it
// left much, in the background; ErrUnknown, ErrNotSender, ErrNotDone, ErrDryRun,
// ErrWithdrawn, ErrWithdrawing, ErrNotWithdrawable, or the importer's word on
// what stands in the way.
func (s *Service) Withdraw(ctx context.Context, id, reason string) (Import, error) {
	d, err := s.change(ctx, id, "withdraw")
	if err != nil {
		return Import{}, err
	}
	_, reach, err := s.importer(ctx, d.Kind)
	if err != nil {
		return Import{}, err
	}
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if d, err = s.repo.get(ctx, id); err != nil {
			return err
		}
		if err := s.mayWithdraw(ctx, d); err != nil {
			return err
		}
		now := s.clock.Now().UTC().Truncate(time.Millisecond)
		w := Withdrawal{Stage: Withdrawing, Reason: reason, ByName: kernel.ActorFrom(ctx).Name, At: now, Reach: reach, Try: 1}
		if d.Withdrawal != nil {
			w.Rows, w.Try = d.Withdrawal.Rows, d.Withdrawal.Try+1
		}
		d.Withdrawal = &w
		act := s.act("withdraw", d)
		act.Reason = reason
		if err := s.audit.Record(ctx, act); err != nil {
			return err
		}
		if d.undoing() > PartSize {
			if _, err := s.jobs.Enqueue(ctx, withdrawalJob, w.key(id), jobPayload{Import: id}); err != nil {
				return err
			}
			return s.repo.imports.Replace(ctx, &d)
		}
		return s.withdrawAtOnce(ctx, &d)
	})
	if err != nil {
		return Import{}, err
	}
	return s.public(ctx, d)
}

// undoing is how much a withdrawal of the import goes through.
func (d importDoc) undoing() (n int) {
	n = d.Counts.Created + d.Counts.Updated
	for _, m := range d.Mended {
		n = max(n, m.Rows)
	}
	return n
}

func (w Withdrawal) key(id string) string { return id + ":" + strconv.Itoa(w.Try) }

func (s *Service) mayWithdraw(ctx context.Context, d importDoc) error {
	d = s.standing(ctx, d)
	_, can := s.importers[d.Kind].(Withdrawer)
	switch {
	case d.DryRun:
		return ErrDryRun
	case d.WithdrawnAt != nil:
		return ErrWithdrawn
	case d.Status == Queued || d.Status == Running:
		return ErrNotDone
	case !can:
		return ErrNotWithdrawable
	}
	if w := s.withdrawalOf(ctx, d); w != nil && w.Stage == Withdrawing {
		return ErrWithdrawing
	}
	return nil
}

func (s *Service) withdrawAtOnce(ctx context.Context, d *importDoc) error {
	for at := firstLook; at != ""; {
		next, _, err := s.withdrawPart(ctx, d, at)
		if err != nil {
			return err
		}
		at = next
	}
	if d.Withdrawal.Hindered > 0 {
		return d.Withdrawal.refusal()
	}
	return s.withdrawn(ctx, d)
}

// withdraw is the queue's handler.
func (s *Service) withdraw(ctx context.Context, run *job.Run) error {
	var p jobPayload
	if err := run.Payload(&p); err != nil {
		return err
	}
	err := run.InBatches(ctx, firstLook, func(ctx context.Context, at string) (string, int, error) {
		d, err := s.repo.get(ctx, p.Import)
		if err != nil {
			return "", 0, err
		}
		next, rows, err := s.withdrawPart(ctx, &d, at)
		switch {
		case err != nil:
			return "", 0, err
		case next != "":
			return next, rows, s.repo.imports.Replace(ctx, &d)
		case d.Withdrawal.Hindered > 0:
			d.Withdrawal.Stage = WithdrawalStopped
			return "", rows, s.endWithdrawal(ctx, &d)
		}
		return "", rows, s.withdrawn(ctx, &d)
	})
	if refusal, refused := fault.From(err); refused {
		return s.stopWithdrawal(ctx, p.Import, refusal)
	}
	return err
}

// The rounds, and where the first begins. A place is "round:after".
const (
	look      = "look"
	take      = "take"
	release   = "release"
	firstLook = look + ":"
)

// withdrawPart does the part at a place, and says which place comes next, ""
// after the last: that of the first round where something stands in the way.
func (s *Service) withdrawPart(ctx context.Context, d *importDoc, at string) (next string, rows int, err error) {
	w, can := s.importers[d.Kind].(Withdrawer)
	if !can {
		return "", 0, ErrNotWithdrawable
	}
	round, after, _ := strings.Cut(at, ":")
	if round == release {
		if more, err := s.release(ctx, d); err != nil || !more {
			return "", 0, err
		}
		return at, 0, nil
	}
	scope := &Scope{Import: d.ID, FileName: d.FileName, Organization: kernel.OrganizationID(d.Organization), Seen: NewSeen()}
	part, err := w.Withdraw(kernel.WithReach(ctx, d.Withdrawal.Reach), scope, Part{After: after, Look: round == look})
	if err != nil {
		return "", 0, fmt.Errorf("withdraw import %s: %w", d.ID, err)
	}
	for _, f := range part.InTheWay {
		d.Withdrawal.hinder(problems(f)...)
	}
	d.Withdrawal.Rows += part.Rows
	switch {
	case round == take && len(part.InTheWay) > 0: // built since the look: undo the part
		return "", 0, d.Withdrawal.refusal()
	case part.Next != "":
		return round + ":" + part.Next, part.Rows, nil
	case round == look && d.Withdrawal.Hindered == 0:
		return take + ":", 0, nil
	case round == take:
		return release + ":", part.Rows, nil
	}
	return "", part.Rows, nil
}

// withdrawn writes down that nothing is left of the import.
func (s *Service) withdrawn(ctx context.Context, d *importDoc) error {
	now := s.clock.Now().UTC().Truncate(time.Millisecond)
	d.WithdrawnAt, d.Withdrawal.Stage = &now, WithdrawalDone
	if d.Mended = nil; d.ToMend > 0 {
		d.leave(0)
		if err := s.tellRefusals(ctx, *d); err != nil {
			return err
		}
	}
	return s.endWithdrawal(ctx, d)
}

// stopWithdrawal writes down what stands in the way.
func (s *Service) stopWithdrawal(ctx context.Context, id string, refusal *fault.Fault) error {
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		d, err := s.repo.get(ctx, id)
		if err != nil {
			return err
		}
		d.Withdrawal.Stage = WithdrawalStopped
		d.Withdrawal.hinder(problems(refusal)...)
		return s.endWithdrawal(ctx, &d)
	})
}

func (s *Service) endWithdrawal(ctx context.Context, d *importDoc) error {
	if err := s.repo.imports.Replace(ctx, d); err != nil {
		return err
	}
	act := s.act("finishWithdrawal", *d)
	act.Detail["stage"], act.Detail["rows"] = string(d.Withdrawal.Stage), strconv.Itoa(d.Withdrawal.Rows)
	return s.audit.Record(ctx, act)
}

// withdrawalOf is how the withdrawal stands; a job that was given up could not
// write that down itself.
func (s *Service) withdrawalOf(ctx context.Context, d importDoc) *Withdrawal {
	if d.Withdrawal == nil || d.Withdrawal.Stage != Withdrawing {
		return d.Withdrawal
	}
	if cause, _ := s.givenUp(ctx, withdrawalJob+":"+d.Withdrawal.key(d.ID)); cause != nil {
		w := *d.Withdrawal
		w.Stage, w.InTheWay, w.Hindered = WithdrawalStopped, []Problem{*cause}, 1
		return &w
	}
	return d.Withdrawal
}
