package hours

import (
	"context"
	"fmt"
	"slices"

	"carecert/modules/hours/rule"
	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
)

// The refusals of proofs.
var (
	ErrNotMet       = fault.New(fault.Conflict, "hours.not_met")
	ErrTooManyAsked = fault.New(fault.Invalid, "hours.too_many_asked")
)

// MostProofs is how many people may be given their proof in one request.
const MostProofs = 200

// Proof is the certificate that says that the duty of a year was met. It never
// says more than the ledger: when credit is taken back, so is the proof.
type Proof struct {
	Certificate kernel.CertificateID `bson:"certificate"`
	Minutes     kernel.Minutes       `bson:"minutes"` // credited when it was issued
	IssuedOn    kernel.Date          `bson:"issuedOn"`
}

// YearProved is what a proof says.
type YearProved struct {
	Person  kernel.PersonID
	Year    int
	Issuer  kernel.OrganizationID
	On      kernel.Date
	Minutes kernel.Minutes
	PerHour kernel.Minutes
}

// Prove gives a person in reach the proof of a year whose duty is met; the one
// that is valid, where there is one. ErrPersonUnknown, ErrNotMet.
func (s *Service) Prove(ctx context.Context, p kernel.PersonID, year int) (proof Proof, fresh bool, err error) {
	p, err = s.readable(ctx, p)
	if err != nil {
		return Proof{}, false, err
	}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		fresh = false
		y, err := s.docs.year(ctx, p, year)
		if err != nil {
			return err
		}
		row := s.rowStamped(y)
		if y.Standing != StandingMet {
			return ErrNotMet.With("year", year).With("hours", y.Credited.ClassHours(row.MinutesPerClassHour)).With("required", row.RequiredClassHours)
		}
		if y.Proof != nil {
			holds, err := s.Certifier.Holds(ctx, y.Proof.Certificate)
			if err != nil {
				return fmt.Errorf("proof of %s: %w", p, err)
			}
			if holds {
				proof = *y.Proof
				return nil
			}
		}
		proof = Proof{Minutes: y.Credited, IssuedOn: kernel.DateOf(s.now())}
		proof.Certificate, err = s.Certifier.CertifyYear(ctx, YearProved{
			Person: p, Year: year, Issuer: s.prover(ctx, y), On: proof.IssuedOn, Minutes: y.Credited, PerHour: row.MinutesPerClassHour,
		})
		if err != nil {
			return fmt.Errorf("prove %d of %s: %w", year, p, err)
		}
		fresh, y.Proof = true, &proof
		return s.docs.saveYear(ctx, &y)
	})
	return proof, fresh, err
}

// prover is the employer in whose name the year is proved: the one that asks,
// else the first.
func (s *Service) prover(ctx context.Context, y Year) kernel.OrganizationID {
	if len(y.Employers) == 0 {
		return ""
	}
	roots := kernel.ReachFrom(ctx).Roots
	if i := slices.IndexFunc(y.Employers, func(e kernel.OrganizationID) bool { return slices.Contains(roots, e) }); i >= 0 {
		return y.Employers[i]
	}
	return y.Employers[0]
}

// ProofOutcome is what became of one person in a list.
type ProofOutcome struct {
	Person  kernel.PersonID
	Proof   *Proof
	Fresh   bool
	Refusal error // a fault
}

// ProveMany gives each of a list of people their proof: who has not met the
// duty holds nobody else up.
func (s *Service) ProveMany(ctx context.Context, people []kernel.PersonID, year int) ([]ProofOutcome, error) {
	if len(people) > MostProofs {
		return nil, ErrTooManyAsked.With("limit", MostProofs)
	}
	out := make([]ProofOutcome, 0, len(people))
	for _, p := range people {
		proof, fresh, err := s.Prove(ctx, p, year)
		switch _, refused := fault.From(err); {
		case refused:
			out = append(out, ProofOutcome{Person: p, Refusal: err})
		case err != nil:
			return nil, err
		default:
			out = append(out, ProofOutcome{Person: p, Proof: &proof, Fresh: fresh})
		}
	}
	return out, nil
}

// withdrawProof takes back a proof that says more than the ledger now.
func (s *Service) withdrawProof(ctx context.Context, y *Year) error {
	if y.Proof == nil || (y.Standing == StandingMet && y.Credited >= y.Proof.Minutes) {
		return nil
	}
	row := s.rowStamped(*y)
	err := s.Certifier.TakeBack(ctx, y.Proof.Certificate, "hours.proof_taken_back",
		"year", fmt.Sprint(y.Year), "hours", y.Credited.ClassHours(row.MinutesPerClassHour))
	if err != nil {
		return fmt.Errorf("take back the proof of %d of %s: %w", y.Year, y.Person, err)
	}
	y.Proof = nil
	return nil
}

// proofOf is the proof to show with a year: only of the year as it is now.
func (a Account) proofOf() *Proof {
	if a.Verdict.Outcome != rule.Met {
		return nil
	}
	return a.Year.Proof
}
