package audit

import (
	"bytes"
	"context"
	"crypto/hmac"
	"encoding/hex"
	"errors"
	"fmt"

	"carecert/modules/kit/store"
)

// Head chains what waits and tells where the chain stands.
func (s *Service) Head(ctx context.Context) (Standing, error) {
	if err := s.chainWaiting(ctx); err != nil {
		return Standing{}, fmt.Errorf("chain what waits: %w", err)
	}
	head, err := s.docs.head(ctx)
	return Standing{head.Seq, hex.EncodeToString(head.Hash)}, err
}

// Verify chains what waits, walks the chain and the rows, and names the first
// entry that is not in order, or is not what was kept elsewhere of it. The
// error is the database's. Rows may be written and chained meanwhile.
func (s *Service) Verify(ctx context.Context, kept ...Standing) (Report, error) {
	if err := s.chainWaiting(ctx); err != nil && !errors.Is(err, errForeignLink) {
		return Report{}, fmt.Errorf("chain what waits: %w", err)
	}
	w := &walk{s: s, kept: map[int64]string{}}
	for _, k := range kept {
		w.kept[k.Sequence] = k.Hash
	}
	bad, err := w.chain(ctx)
	if err == nil && bad == nil {
		bad, err = w.rows(ctx)
	}
	return Report{Entries: w.seq, Head: hex.EncodeToString(w.last), Bad: bad}, err
}

// walk is how far a verification has come.
type walk struct {
	s     *Service
	seq   int64            // the last link found in order
	last  []byte           // its hash
	kept  map[int64]string // hashes that stand elsewhere, by sequence
	batch []linkDoc
	bad   *Bad
}

// chain compares every link with the one before it and with its row, and the
// end with the head.
func (w *walk) chain(ctx context.Context) (*Bad, error) {
	head, err := w.s.docs.head(ctx)
	if err != nil {
		return nil, err
	}
	if head.Version > 0 && !hmac.Equal(head.MAC, w.s.headMAC(head)) {
		return &Bad{Sequence: head.Seq, Code: BadHeadAltered}, nil
	}
	var atHead []byte
	err = w.s.docs.links.Scan(ctx, func(l linkDoc) error {
		if l.ID == linkID(head.Seq) {
			atHead = l.Hash
		}
		if w.batch = append(w.batch, l); len(w.batch) < chainBatch {
			return nil
		}
		return w.flush(ctx)
	})
	if err == nil && w.bad == nil {
		if err = w.flush(ctx); errors.Is(err, store.Stop) {
			err = nil
		}
	}
	if err != nil || w.bad != nil {
		return w.bad, err
	}
	now, err := w.s.docs.head(ctx) // it may have moved on during the walk
	switch {
	case err != nil:
		return nil, err
	case w.seq < head.Seq:
		return &Bad{Sequence: w.seq + 1, Code: BadLinkRemoved}, nil
	case w.seq > now.Seq:
		return &Bad{Sequence: now.Seq + 1, Code: BadLinkAltered}, nil
	case !bytes.Equal(atHead, head.Hash):
		return &Bad{Sequence: head.Seq, Code: BadHeadAltered}, nil
	}
	for seq := range w.kept {
		if seq > w.seq {
			return &Bad{Sequence: w.seq + 1, Code: BadCut}, nil
		}
	}
	return nil, nil
}

// flush judges the batch; store.Stop ends the walk at the first bad link.
func (w *walk) flush(ctx context.Context) error {
	ids := make([]string, len(w.batch))
	for i, l := range w.batch {
		ids[i] = l.Row
	}
	found, err := w.s.docs.rows.GetMany(ctx, ids)
	if err != nil {
		return err
	}
	rows := make(map[string]rowDoc, len(found))
	for _, d := range found {
		rows[d.ID] = d
	}
	for _, l := range w.batch {
		row, there := rows[l.Row]
		hash, genuine, err := w.s.genuine(row)
		if err != nil {
			return err
		}
		seq := w.seq + 1
		switch {
		case l.ID > linkID(seq):
			w.bad = &Bad{Sequence: seq, Code: BadLinkRemoved}
		case l.ID != linkID(seq) || !bytes.Equal(l.Hash, link(w.last, l.RowHash)):
			w.bad = &Bad{Sequence: seq, Row: l.Row, Code: BadLinkAltered}
		case !there:
			w.bad = &Bad{Sequence: seq, Row: l.Row, Code: BadRowRemoved}
		case !genuine || !bytes.Equal(l.RowHash, hash) || row.Waiting || row.Seq != seq:
			w.bad = &Bad{Sequence: seq, Row: l.Row, Code: BadRowAltered}
		case w.kept[seq] != "" && w.kept[seq] != hex.EncodeToString(l.Hash):
			w.bad = &Bad{Sequence: seq, Row: l.Row, Code: BadRewritten}
		}
		if w.bad != nil {
			return store.Stop
		}
		w.seq, w.last = seq, l.Hash
	}
	w.batch = w.batch[:0]
	return nil
}

// rows looks for rows that the chain does not know, and for altered ones among
// those that wait.
func (w *walk) rows(ctx context.Context) (*Bad, error) {
	var batch []rowDoc
	judge := func() error {
		ids := make([]string, len(batch))
		for i, d := range batch {
			ids[i] = linkID(d.Seq)
		}
		links, err := w.s.docs.links.GetMany(ctx, ids)
		if err != nil {
			return err
		}
		rowAt := make(map[string]string, len(links))
		for _, l := range links {
			rowAt[l.ID] = l.Row
		}
		for _, d := range batch {
			_, genuine, err := w.s.genuine(d)
			switch {
			case err != nil:
				return err
			case !genuine:
				w.bad = &Bad{Row: d.ID, Code: BadRowAltered}
			case !d.Waiting && rowAt[linkID(d.Seq)] != d.ID:
				w.bad = &Bad{Row: d.ID, Code: BadRowInserted}
			}
			if w.bad != nil {
				return store.Stop
			}
		}
		batch = batch[:0]
		return nil
	}
	err := w.s.docs.rows.Scan(ctx, func(d rowDoc) error {
		if batch = append(batch, d); len(batch) < chainBatch {
			return nil
		}
		return judge()
	})
	if err == nil && w.bad == nil {
		if err = judge(); errors.Is(err, store.Stop) {
			err = nil
		}
	}
	return w.bad, err
}
