package kernel

import "slices"

// Trail are the records that something belonged to before merges, the latest
// last: what comes with a merge goes back when it is undone.
type Trail []PersonID

// Left is the trail of what left a record for another.
func (t Trail) Left(gone PersonID) Trail { return append(slices.Clone(t), gone) }

// Back is the trail once a merge is undone; false where it did not come with
// that one.
func (t Trail) Back(gone PersonID) (Trail, bool) {
	n := len(t) - 1
	if n < 0 || t[n] != gone {
		return t, false
	}
	return slices.Clone(t[:n]), true
}
