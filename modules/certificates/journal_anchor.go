package certificates

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// leafAnchor is the kind of an entry that is about no certificate: where the
// chain of the operation log stood.
const leafAnchor = "operations"

// Anchor is where the chain of the operation log stood on a day. In the
// issuance log it is covered by every later signed head, so whoever keeps a
// head can tell when the end of the operation log was cut off.
type Anchor struct {
	Sequence int64     `json:"sequence"`
	Hash     string    `json:"hash"` // hex, of the link of that number
	At       time.Time `json:"at"`
}

type anchorData struct {
	Kind string `json:"kind"`
	Anchor
}

// Anchor writes into the issuance log where the operation log stands.
func (s *Service) Anchor(ctx context.Context, sequence int64, hash string) error {
	data, err := json.Marshal(anchorData{leafAnchor, Anchor{sequence, hash, s.now()}})
	if err != nil {
		return fmt.Errorf("anchor: %w", err)
	}
	return s.repo.db.Tx(ctx, func(ctx context.Context) error {
		return s.journal.wait(ctx, leafDoc{Doc: store.Doc{ID: kernel.NewID()}, Kind: leafAnchor, Data: data})
	})
}

// anchorOf reads an entry that is an anchor; false for any other.
func anchorOf(entry []byte) (Anchor, bool) {
	var a anchorData
	if json.Unmarshal(entry, &a) != nil || a.Kind != leafAnchor {
		return Anchor{}, false
	}
	return a.Anchor, true
}
