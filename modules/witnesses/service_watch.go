package witnesses

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/witnesses/wire"
)

// WatchDraft is a log of somebody else to be witnessed.
type WatchDraft struct{ Name, Origin, Verifier string }

// Watch begins to witness a log; ErrAddress, ErrKey, ErrWatched.
func (s *Service) Watch(ctx context.Context, d WatchDraft) (Watched, error) {
	origin := strings.TrimRight(strings.TrimSpace(d.Origin), "/")
	if u, err := url.Parse(origin); err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return Watched{}, ErrAddress.At("body.origin", ErrAddress.Code, d.Origin)
	}
	log, err := wire.ParseLog(strings.TrimSpace(d.Verifier))
	if err != nil {
		return Watched{}, ErrKey.At("body.verifier", ErrKey.Code, d.Verifier)
	}
	doc := watchedDoc{
		Doc: store.Doc{ID: kernel.NewID()}, Name: strings.TrimSpace(d.Name), Origin: origin, Verifier: strings.TrimSpace(d.Verifier), Key: keyOf(log.Name(), log.KeyHash()),
		State: Active, CreatedAt: s.now(), CreatedBy: kernel.ActorFrom(ctx).Name,
	}
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		if err := s.repo.watched.Insert(ctx, doc); err != nil {
			if store.IsDuplicate(err, "key") {
				return ErrWatched
			}
			return fmt.Errorf("watched log: %w", err)
		}
		return s.audit.Record(ctx, kernel.Act{Verb: "create", Noun: "watchedLog", ID: doc.ID, Detail: map[string]string{"name": doc.Name, "origin": doc.Origin}})
	})
	return doc.read(), err
}

func keyOf(name string, hash uint32) string { return fmt.Sprintf("%s+%08x", name, hash) }

// Unwatch ends it; heads and evidence stay. ErrUnknown, ErrRemoved.
func (s *Service) Unwatch(ctx context.Context, id, why string) (w Watched, err error) {
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		d, err := s.watched(ctx, id)
		if err != nil {
			return err
		}
		if d.State == Removed {
			return ErrRemoved
		}
		d.State, d.Why, d.Key = Removed, why, ""
		if err := s.repo.watched.Replace(ctx, &d); err != nil {
			return fmt.Errorf("watched log: %w", err)
		}
		w = d.read()
		return s.audit.Record(ctx, kernel.Act{Verb: "remove", Noun: "watchedLog", ID: id, Reason: why, Detail: map[string]string{"name": d.Name}})
	})
	return w, err
}

func (s *Service) watched(ctx context.Context, id string) (watchedDoc, error) {
	d, err := s.repo.watched.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return d, ErrUnknown
	}
	return d, err
}

// Logs is a page of the logs that are witnessed here, the newest first.
func (s *Service) Logs(ctx context.Context, limit int, cursor string) (items []Watched, next string, total int64, more bool, err error) {
	page, err := s.repo.watched.Find(ctx, store.Query{Index: "created", Desc: true, Limit: limit, After: cursor})
	if err != nil {
		return nil, "", 0, false, err
	}
	for _, d := range page.Items {
		items = append(items, d.read())
	}
	total, more, err = s.repo.watched.Count(ctx, store.Query{Index: "created"}, countLimit)
	return items, page.Next, total, more, err
}

// Heads is a page of what a watched log has proved, the longest first;
// ErrUnknown.
func (s *Service) Heads(ctx context.Context, id string, limit int, cursor string) (items []Held, next string, total int64, more bool, err error) {
	if _, err := s.watched(ctx, id); err != nil {
		return nil, "", 0, false, err
	}
	q := store.Query{Index: "watched", Equal: []any{id}}
	if total, more, err = s.repo.heads.Count(ctx, q, countLimit); err != nil {
		return nil, "", 0, false, err
	}
	q.Desc, q.Limit, q.After = true, limit, cursor
	page, err := s.repo.heads.Find(ctx, q)
	for _, d := range page.Items {
		items = append(items, d.Head)
	}
	return items, page.Next, total, more, err
}

// Alarms is a page of heads that do not follow, the newest first.
func (s *Service) Alarms(ctx context.Context, limit int, cursor string) (items []Alarm, next string, total int64, more bool, err error) {
	page, err := s.repo.alarms.Find(ctx, store.Query{Index: "at", Desc: true, Limit: limit, After: cursor})
	if err != nil {
		return nil, "", 0, false, err
	}
	for _, d := range page.Items {
		items = append(items, d.read())
	}
	total, more, err = s.repo.alarms.Count(ctx, store.Query{Index: "at"}, countLimit)
	return items, page.Next, total, more, err
}

// Settle says what an alarm was; ErrUnknown, ErrSettled.
func (s *Service) Settle(ctx context.Context, id, reason string) (a Alarm, err error) {
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		d, err := s.repo.alarms.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			return ErrUnknown
		}
		if err != nil {
			return err
		}
		if !d.Open {
			return ErrSettled
		}
		if err := s.settle(ctx, &d, Settlement{At: s.now(), ByName: kernel.ActorFrom(ctx).Name, Reason: reason}); err != nil {
			return err
		}
		a = d.read()
		return s.audit.Record(ctx, kernel.Act{Verb: "settle", Noun: "watchedLog", ID: d.Watched, Reason: reason, Detail: map[string]string{"name": d.Name, "alarm": d.Kind}})
	})
	return a, err
}

func (s *Service) settle(ctx context.Context, d *alarmDoc, how Settlement) error {
	d.Open, d.Settlement = false, &how
	if err := s.repo.alarms.Replace(ctx, d); err != nil {
		return fmt.Errorf("alarm: %w", err)
	}
	log, err := s.watched(ctx, d.Watched)
	if err != nil {
		return err
	}
	log.Alarms--
	return s.repo.watched.Replace(ctx, &log)
}

// known finds the keys of watched logs in the signature lines of a note.
type known struct {
	ctx   context.Context //nolint:containedctx // lives as long as one request
	repo  *repository
	found string // id of the log
	err   error
}

// Verifier implements note.Verifiers.
func (k *known) Verifier(name string, hash uint32) (note.Verifier, error) {
	d, err := k.repo.watched.First(k.ctx, store.Query{Index: "key", Equal: []any{keyOf(name, hash)}})
	if err != nil {
		if !errors.Is(err, store.ErrNotFound) {
			k.err = err
		}
		return nil, &note.UnknownVerifierError{Name: name, KeyHash: hash}
	}
	k.found = d.ID
	return note.NewVerifier(d.Verifier)
}

// Reply is how a request to countersign is answered.
type Reply struct {
	Judgement wire.Judgement
	Line      string // the countersignature
	Held      int64  // what is held
}

// Countersign judges a head that a log sends: one that goes on from what is
// held is kept and countersigned, one that does not is kept as evidence.
// wire.ErrRequest, ErrNoLog, ErrKey for a signature that is not the log's.
func (s *Service) Countersign(ctx context.Context, body string) (reply Reply, err error) {
	r, err := wire.ParseRequest(body)
	if err != nil {
		return reply, err
	}
	logs := &known{ctx: ctx, repo: s.repo}
	head, err := wire.Open(r.Note, logs)
	var unverified *note.UnverifiedNoteError
	var invalid *note.InvalidSignatureError
	switch {
	case logs.err != nil:
		return reply, logs.err
	case errors.As(err, &unverified):
		return reply, ErrNoLog
	case errors.As(err, &invalid):
		return reply, ErrKey
	case err != nil:
		return reply, wire.ErrRequest
	}
	err = s.repo.db.Tx(ctx, func(ctx context.Context) error {
		d, err := s.watched(ctx, logs.found)
		if err != nil {
			return err
		}
		reply = Reply{Judgement: wire.Judge(d.read().Held.tree(), r, head.Tree), Held: d.Held.Size}
		switch reply.Judgement {
		case wire.Extends, wire.Same:
			reply.Line, err = s.accept(ctx, &d, head)
			return err
		case wire.Fork, wire.Shorter, wire.Unproven:
			return s.suspect(ctx, &d, r, head, reply.Judgement)
		case wire.Behind:
		}
		return nil
	})
	return reply, err
}

// accept keeps a head and countersigns it; once more where it is held already,
// for an answer that was lost.
func (s *Service) accept(ctx context.Context, d *watchedDoc, head wire.Head) (string, error) {
	line, err := s.own.countersign(head.Text, s.now())
	if err != nil {
		return "", err
	}
	held := Held{Size: head.N, Root: head.Hash[:], Note: head.Note, At: s.now(), Countersignature: line}
	if head.N > d.Held.Size {
		d.Held = held
		doc := headDoc{Doc: store.Doc{ID: headID(d.ID, head.N)}, Watched: d.ID, Head: held}
		if err := s.repo.heads.Insert(ctx, doc); err != nil {
			return "", fmt.Errorf("head: %w", err)
		}
	}
	if err := s.repo.watched.Replace(ctx, d); err != nil {
		return "", fmt.Errorf("watched log: %w", err)
	}
	// Whoever sent this very head before with a proof that did not hold need not
	// have been the log: everybody can read heads.
	suspected, err := s.repo.alarms.Get(ctx, alarmID(d.ID, head))
	if errors.Is(err, store.ErrNotFound) || (err == nil && !suspected.Open) {
		return line, nil
	}
	if err != nil {
		return "", err
	}
	return line, s.settle(ctx, &suspected, Settlement{At: s.now()})
}

func alarmID(watched string, head wire.Head) string {
	return fmt.Sprintf("%s.%x", watched, sha256.Sum256([]byte(head.Text)))
}

// suspect keeps a head that does not follow, once, with what was held.
func (s *Service) suspect(ctx context.Context, d *watchedDoc, r wire.Request, head wire.Head, why wire.Judgement) error {
	if why == wire.Shorter {
		before, err := s.repo.heads.Get(ctx, headID(d.ID, head.N))
		switch {
		case err == nil && before.Head.tree() == head.Tree:
			return nil // an old head once more: heads are public, and prove nothing by being old
		case err == nil:
			why, d.Held = wire.Fork, before.Head
		case !errors.Is(err, store.ErrNotFound):
			return err
		}
	}
	a := alarmDoc{
		Doc: store.Doc{ID: alarmID(d.ID, head)}, Watched: d.ID, Name: d.Name, Kind: string(why), Open: true, At: s.now(), Held: d.Held,
		Head: Held{Size: head.N, Root: head.Hash[:], Note: head.Note, At: s.now()},
	}
	for _, h := range r.Proof {
		a.Proof = append(a.Proof, base64.StdEncoding.EncodeToString(h[:]))
	}
	if _, err := s.repo.alarms.Get(ctx, a.ID); !errors.Is(err, store.ErrNotFound) {
		return err // it is kept already
	}
	if err := s.repo.alarms.Insert(ctx, a); err != nil {
		return fmt.Errorf("alarm: %w", err)
	}
	log, err := s.watched(ctx, d.ID)
	if err != nil {
		return err
	}
	log.Alarms++
	if err := s.repo.watched.Replace(ctx, &log); err != nil {
		return fmt.Errorf("watched log: %w", err)
	}
	s.log.ErrorContext(ctx, "a watched log sent a head that does not follow", "log", d.Name, "judgement", string(why), "held", d.Held.Size, "sent", head.N)
	return s.audit.Record(ctx, kernel.Act{Verb: "alarm", Noun: "watchedLog", ID: d.ID, Detail: map[string]string{
		"name": d.Name, "alarm": string(why), "held": strconv.FormatInt(d.Held.Size, 10), "size": strconv.FormatInt(head.N, 10),
	}})
}
