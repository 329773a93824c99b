package rule

import (
	"strconv"

	"carecert/modules/kernel"
)

// JudgeHolder checks a date of issue against the holder's birth ("" where the
// register does not know it). Before birth nobody has a certificate; below the
// working age somebody looks, for no document names an age.
func (t Table) JudgeHolder(issuedOn, born kernel.Date) Finding {
	switch {
	case issuedOn == "" || born == "":
		return Finding{Verdict: Accepted}
	case issuedOn < born:
		return Finding{Verdict: Refused, Reasons: []kernel.Reason{kernel.Because("certificates.issued_before_birth", "")}}
	case issuedOn < born.AddMonths(12*t.WorkingAge):
		young := kernel.Because("certificates.issued_young", "", "age", strconv.Itoa(t.WorkingAge))
		return Finding{Verdict: Manual, Reasons: []kernel.Reason{young}}
	}
	return Finding{Verdict: Accepted}
}
