package audit

import (
	"context"
	"crypto/hmac"
	"errors"
	"fmt"
	"time"

	"carecert/modules/kit/lease"
	"carecert/modules/kit/store"
)

const (
	chainBatch = 500
	chainEvery = 500 * time.Millisecond // for rows that other instances wrote
	chainLease = 10 * time.Second
)

// errForeignLink: a link stands beyond the head, which the sequencer did not
// write.
var errForeignLink = errors.New("audit: the chain goes on beyond its head")

func (s *Service) mac(e Entry) (canonical, mac []byte, err error) {
	canonical, err = e.canonical()
	if err != nil {
		return nil, nil, err
	}
	return canonical, s.keys.MAC("audit.row", canonical), nil
}

// genuine answers what stands for the row in the chain; false when the row is
// not the one that was written.
func (s *Service) genuine(d rowDoc) (hash []byte, ok bool, err error) {
	canonical, mac, err := s.mac(d.entry())
	if err != nil {
		return nil, false, err
	}
	return rowHash(canonical, d.MAC), hmac.Equal(mac, d.MAC) && d.consistent(), nil
}

func (s *Service) headMAC(h headDoc) []byte {
	return s.keys.MAC("audit.head", fmt.Appendf(nil, "%d %x", h.Seq, h.Hash))
}

// chainWaiting chains every row that waits. Altered ones stay where they are;
// Verify names them. Two at a time do no harm: the head has one writer.
func (s *Service) chainWaiting(ctx context.Context) error {
	after := ""
	for {
		next, err := s.chainPage(ctx, after)
		if errors.Is(err, store.ErrConflict) || errors.Is(err, errHeadTaken) {
			continue // another sequencer was quicker
		}
		if err != nil || next == "" {
			return err
		}
		after = next
	}
}

func (s *Service) chainPage(ctx context.Context, after string) (next string, err error) {
	err = s.docs.db.Tx(ctx, func(ctx context.Context) error {
		page, err := s.docs.waiting(ctx, after, chainBatch)
		next = page.Next
		if err != nil || len(page.Items) == 0 {
			return err
		}
		head, err := s.docs.head(ctx)
		if err != nil {
			return err
		}
		var links []linkDoc
		var rows []rowDoc
		for _, row := range page.Items {
			hash, ok, err := s.genuine(row)
			if err != nil {
				return err
			}
			if !ok {
				s.log.ErrorContext(ctx, "audit row was altered before it was chained", "row", row.ID)
				continue
			}
			head.Seq++
			head.Hash = link(head.Hash, hash)
			links = append(links, linkDoc{Doc: store.Doc{ID: linkID(head.Seq)}, Row: row.ID, RowHash: hash, Hash: head.Hash})
			row.Waiting, row.Seq = false, head.Seq
			rows = append(rows, row)
		}
		if len(links) == 0 {
			return nil
		}
		head.MAC = s.headMAC(head)
		if err := s.docs.saveHead(ctx, head); err != nil {
			return err
		}
		if err := s.docs.links.Insert(ctx, links...); store.IsDuplicate(err, "") {
			return errForeignLink
		} else if err != nil {
			return err
		}
		return s.docs.rows.PutMany(ctx, rows)
	})
	return next, err
}

// Sequence chains rows as they come until the context ends, on one instance at
// a time.
func (s *Service) Sequence(ctx context.Context, leases *lease.Leases) {
	tick := time.NewTicker(chainEvery)
	defer tick.Stop()
	for {
		_, err := leases.While(ctx, "audit.sequence", chainLease, func(ctx context.Context) error {
			for ctx.Err() == nil {
				if err := s.chainWaiting(ctx); err != nil {
					return err
				}
				select {
				case <-ctx.Done():
				case <-tick.C:
				}
			}
			return nil
		})
		if err != nil && ctx.Err() == nil {
			s.log.ErrorContext(ctx, "chain audit rows", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}
