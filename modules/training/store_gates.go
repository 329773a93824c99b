package training

import (
	"context"
	"hash/fnv"
	"strconv"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// gateDoc is one of the gates of a session that proofs are written through. A
// room full of phones spreads over them; whoever closes or moves the session
// writes them all, so a transaction that decides on the attendance conflicts
// with every transaction that changes it. _id "session:number".
type gateDoc struct {
	store.Doc `bson:",inline"`
	Passed    int64 `bson:"passed"`
}

func gateSpec() store.Spec { return store.Spec{Name: "training_gates"} }

// A session has a gate for every seat of its class, within bounds: two phones at
// one gate wait for each other, and closing has to pass them all.
const (
	fewestGates = 16 // what sessions had before they were counted
	mostGates   = 512
)

func gatesFor(seats int) int { return min(max(seats, fewestGates), mostGates) }

func (s Session) gates() uint32 {
	return uint32(gatesFor(s.Gates)) //nolint:gosec // within bounds
}

func gateID(s kernel.SessionID, n uint32) string {
	return string(s) + ":" + strconv.FormatUint(uint64(n), 10)
}

func (c collections) passGate(ctx context.Context, s Session, p kernel.PersonID) error {
	h := fnv.New32a()
	_, _ = h.Write([]byte(p)) // a hash never fails
	return c.gates.Increment(ctx, gateID(s.ID, h.Sum32()%s.gates()), map[string]int64{"passed": 1})
}

// passGateOf is passGate of a session that has not been read.
func (c collections) passGateOf(ctx context.Context, id kernel.SessionID, p kernel.PersonID) error {
	s, err := c.session(ctx, id)
	if err != nil {
		return err
	}
	return c.passGate(ctx, s, p)
}

func (c collections) passGates(ctx context.Context, s Session) error {
	deltas := make(map[string]map[string]int64, s.gates())
	for n := range s.gates() {
		deltas[gateID(s.ID, n)] = map[string]int64{"passed": 1}
	}
	return c.gates.IncrementMany(ctx, deltas)
}
