package certificates

import (
	"context"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"carecert/modules/kernel/fault"
)

// ErrLogSize: the log never had that many entries, or has no such head yet.
var ErrLogSize = fault.New(fault.Invalid, "certificates.log_size")

// LogConsistency is what shows that the log of a size only grew out of the log
// of an earlier one.
type LogConsistency struct {
	From, Size int64
	FromRoot   tlog.Hash // as the log gives it now, for whoever keeps another
	Path       tlog.TreeProof
	Note       string // signed head of that size
}

// LogConsistency proves that the log as it is now goes on from its first
// entries; ErrLogSize. Nothing is needed to go on from an empty log.
func (s *Service) LogConsistency(ctx context.Context, from int64) (c LogConsistency, err error) {
	if err := s.journal.appendAll(ctx); err != nil {
		return c, err
	}
	head, err := s.journal.head(ctx)
	if err != nil {
		return c, err
	}
	if from < 0 || from > head.Size {
		return c, ErrLogSize.With("size", head.Size)
	}
	c = LogConsistency{From: from, Size: head.Size, Note: head.Note}
	if from == 0 {
		return c, nil
	}
	stored := s.journal.hashReader(ctx)
	if c.FromRoot, err = tlog.TreeHash(from, stored); err != nil {
		return c, fmt.Errorf("root of %d entries: %w", from, err)
	}
	if from < head.Size {
		if c.Path, err = tlog.ProveTree(head.Size, from, stored); err != nil {
			return c, fmt.Errorf("consistency with %d entries: %w", from, err)
		}
	}
	return c, nil
}

// LogKey is the log's public key, as golang.org/x/mod/sumdb/note writes it.
func (s *Service) LogKey() string { return s.journal.public }
