package certificates

import (
	"context"
	"crypto/hmac"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"carecert/modules/kit/lease"
	"carecert/modules/kit/store"
)

// run appends what waits until the context ends, one instance at a time, and
// has every instance look at what others changed.
func (j *journal) run(ctx context.Context, leases *lease.Leases, look func(context.Context) error, fail func(error)) {
	tick := time.NewTicker(appendEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-j.wake:
		case <-tick.C:
		}
		waiting, _, err := j.leaves.Count(ctx, store.Query{Index: "pending", Equal: []any{true}}, 1)
		if err == nil && waiting > 0 { // an idle program takes no lease, which would be written
			_, err = leases.While(ctx, "certificates.log", appendLease, j.appendAll)
		}
		if err = errors.Join(err, look(ctx)); err != nil && ctx.Err() == nil {
			fail(err)
		}
	}
}

// appendAll appends everything that waits.
func (j *journal) appendAll(ctx context.Context) error {
	for {
		n, err := j.appendSome(ctx)
		if err != nil || n == 0 {
			return err
		}
	}
}

// appendSome appends a batch in one transaction: entries, hashes, head. The
// head has one writer: of two sequencers one meets a conflict.
func (j *journal) appendSome(ctx context.Context) (n int, err error) {
	var at int64
	err = j.db.Tx(ctx, func(ctx context.Context) error {
		page, err := j.leaves.Find(ctx, store.Query{Index: "pending", Equal: []any{true}, Limit: batchLeaves})
		if n = len(page.Items); err != nil || n == 0 {
			return err
		}
		head, err := j.head(ctx)
		if err != nil {
			return err
		}
		at = head.Size
		var entries []entryDoc
		var hashes []hashDoc
		fresh := map[int64]tlog.Hash{}
		stored := j.hashReader(ctx)
		reader := tlog.HashReaderFunc(func(places []int64) ([]tlog.Hash, error) {
			out := make([]tlog.Hash, len(places))
			var ask, at []int64
			for i, p := range places {
				if h, ok := fresh[p]; ok {
					out[i] = h
					continue
				}
				ask, at = append(ask, p), append(at, int64(i))
			}
			if len(ask) == 0 {
				return out, nil
			}
			old, err := stored.ReadHashes(ask)
			if err != nil {
				return nil, err
			}
			for i, h := range old {
				out[at[i]] = h
			}
			return out, nil
		})
		for i := range page.Items {
			leaf := &page.Items[i]
			if !hmac.Equal(leaf.MAC, j.mac(leaf.ID, leaf.Data)) {
				return fmt.Errorf("%w: %s of certificate %s", errLeafAltered, leaf.ID, leaf.Certificate)
			}
			more, err := tlog.StoredHashes(head.Size, leaf.Data, reader)
			if err != nil {
				return err
			}
			first := tlog.StoredHashIndex(0, head.Size)
			for k, h := range more {
				place := first + int64(k)
				fresh[place] = h
				hashes = append(hashes, hashDoc{Doc: store.Doc{ID: padded(place)}, Hash: h[:]})
			}
			entries = append(entries, entryDoc{Doc: store.Doc{ID: padded(head.Size)}, Leaf: leaf.ID, Data: leaf.Data})
			leaf.Pending, leaf.Seq = false, head.Size
			head.Size++
		}
		if err := j.leaves.PutMany(ctx, page.Items); err != nil {
			return err
		}
		if err := j.entries.Insert(ctx, entries...); err != nil {
			return err
		}
		if err := j.hashes.Insert(ctx, hashes...); err != nil {
			return err
		}
		return j.sign(ctx, head, reader)
	})
	if errors.Is(err, store.ErrConflict) || store.IsDuplicate(err, "") {
		now, herr := j.head(ctx)
		if herr == nil && now.Size == at {
			herr = errForeignEntry
		}
		return 1, herr // nil: another sequencer was quicker, look again
	}
	return n, err
}

func (j *journal) sign(ctx context.Context, head headDoc, reader tlog.HashReader) error {
	root, err := tlog.TreeHash(head.Size, reader)
	if err != nil {
		return err
	}
	signed, err := note.Sign(&note.Note{Text: string(tlog.FormatTree(tlog.Tree{N: head.Size, Hash: root}))}, j.signer)
	if err != nil {
		return fmt.Errorf("sign head: %w", err)
	}
	head.Root, head.Note, head.At = root[:], string(signed), j.clock.Now().UTC()
	if head.Version == 0 {
		return j.heads.Insert(ctx, head)
	}
	return j.heads.Replace(ctx, &head)
}
