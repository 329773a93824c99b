package audit

import (
	"bytes"
	"context"
	"crypto/hmac"
	"encoding/hex"
	"fmt"

	"carecert/modules/kit/store"
)

// Verify chains what waits, walks the chain and the rows, and names the first
// entry that is not in order. The error is the database's.
func (s *Service) Verify(ctx context.Context) (Report, error) {
	if err := s.chainWaiting(ctx); err != nil {
		return Report{}, fmt.Errorf("chain what waits: %w", err)
	}
	head, err := s.docs.head(ctx)
	if err != nil {
		return Report{}, err
	}
	report, err := s.walkChain(ctx, head)
	if err == nil && report.Bad == nil {
		report.Bad, err = s.walkRows(ctx, head)
	}
	return report, err
}

// walkChain compares every link with the one before it and with its row. What
// is chained during the walk lies beyond the head and is left for the next.
func (s *Service) walkChain(ctx context.Context, head headDoc) (Report, error) {
	report := Report{}
	if head.Seq > 0 && !hmac.Equal(head.MAC, s.headMAC(head)) {
		report.Bad = &Bad{Sequence: head.Seq, Code: BadHeadAltered}
		return report, nil
	}
	var last []byte
	batch := make([]linkDoc, 0, chainBatch)
	check := func() error {
		rows, err := s.rowsOf(ctx, batch)
		if err != nil {
			return err
		}
		for _, l := range batch {
			seq := report.Entries + 1
			if report.Bad, err = s.checkLink(l, seq, last, rows); err != nil {
				return err
			}
			if report.Bad != nil {
				return store.Stop
			}
			report.Entries, last = seq, l.Hash
		}
		batch = batch[:0]
		return nil
	}
	err := s.docs.links.Scan(ctx, func(l linkDoc) error {
		if head.Seq > 0 && l.ID > linkID(head.Seq) && int64(len(batch))+report.Entries >= head.Seq {
			return s.beyond(ctx, l, &report)
		}
		if batch = append(batch, l); len(batch) == chainBatch {
			return check()
		}
		return nil
	})
	if err == nil && report.Bad == nil {
		if err = check(); err == store.Stop { //nolint:errorlint // the sentinel itself
			err = nil
		}
	}
	report.Head = hex.EncodeToString(last)
	if err != nil || report.Bad != nil {
		return report, err
	}
	switch {
	case report.Entries < head.Seq:
		report.Bad = &Bad{Sequence: report.Entries + 1, Code: BadLinkRemoved}
	case report.Entries > head.Seq || !bytes.Equal(last, head.Hash):
		report.Bad = &Bad{Sequence: report.Entries, Code: BadHeadAltered}
	}
	return report, nil
}
