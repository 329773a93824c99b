package wire

import "golang.org/x/mod/sumdb/tlog"

// Judgement is what a witness makes of a head, beside the one it holds.
type Judgement string

// The judgements.
const (
	Extends  Judgement = "extends"
	Same     Judgement = "same"
	Behind   Judgement = "behind"   // the request goes on from another head than is held
	Fork     Judgement = "fork"     // as long, and another: proof by itself that history was written twice
	Shorter  Judgement = "shorter"  // fewer entries than were held
	Unproven Judgement = "unproven" // longer, and not shown to go on from what is held
)

// Judge compares a head with the one that is held (N 0: none yet).
func Judge(held tlog.Tree, r Request, head tlog.Tree) Judgement {
	switch {
	case head.N == held.N && head.Hash == held.Hash:
		return Same
	case head.N == held.N:
		return Fork
	case head.N < held.N:
		return Shorter
	case r.Old != held.N:
		return Behind
	case !Follows(held, r.Proof, head):
		return Unproven
	default:
		return Extends
	}
}

// Follows tells whether the proof shows that a tree goes on from an earlier one.
func Follows(earlier tlog.Tree, proof tlog.TreeProof, later tlog.Tree) bool {
	switch {
	case earlier.N > later.N:
		return false
	case earlier.N == later.N:
		return len(proof) == 0 && earlier.Hash == later.Hash
	case earlier.N == 0:
		return len(proof) == 0
	default:
		return tlog.CheckTree(proof, later.N, later.Hash, earlier.N, earlier.Hash) == nil
	}
}
