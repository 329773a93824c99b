package rule

import (
	"fmt"
	"slices"

	"carecert/modules/kernel"
)

// Dimension is a side of data quality.
type Dimension string

// The dimensions, as the sources name them: 数据完善, 填报及时, 信息准确.
const (
	Completeness Dimension = "completeness"
	Timeliness   Dimension = "timeliness"
	Accuracy     Dimension = "accuracy"
)

// Kind names a finding.
type Kind string

// The kinds of findings.
const (
	MissingPhone       Kind = "missingPhone"
	MissingEducation   Kind = "missingEducation"
	MissingBirth       Kind = "missingBirthDate"
	MissingGender      Kind = "missingGender"
	MissingCertificate Kind = "missingCertificate"
	LateStart          Kind = "lateStart"
	LateEnd            Kind = "lateEnd"
	LateCertificate    Kind = "lateCertificate"
	GenderContradicts  Kind = "genderContradicts"
	CertificateRefuted Kind = "certificateRefuted"
	OverlappingPosts   Kind = "overlappingPosts"
	NumberContested    Kind = "numberContested"
	RefusedRows        Kind = "refusedRows"
)

// Want is one thing that must be on record, or must not be in doubt, of whom.
type Want struct {
	Kind  Kind               `yaml:"kind"`
	Roles []kernel.StaffRole `yaml:"roles"`
	Days  int                `yaml:"days"` // borne for so long; of overlapping posts
	Word  bool               `yaml:"word"` // a word that it is so settles it
}

// Limits are how soon what happened must be entered.
type Limits struct {
	StartDays        int                `yaml:"startDays"`
	EndDays          int                `yaml:"endDays"`
	CertificateDays  int                `yaml:"certificateDays"`
	CertificateRoles []kernel.StaffRole `yaml:"certificateRoles"`
	CountsMonths     int                `yaml:"countsMonths"` // an entry is weighed for so long
	OpeningDays      int                `yaml:"openingDays"`  // after registration: what is imported then is opening stock
}

// QualityRow says what data quality asks for (policies/rules/quality.yaml).
type QualityRow struct {
	kernel.RuleHead `yaml:",inline"`
	Roles           []kernel.StaffRole  `yaml:"roles"` // whose records are judged
	Wants           []Want              `yaml:"wants"`
	Doubts          []Want              `yaml:"doubts"`
	Limits          Limits              `yaml:"limits"`
	Imports         []string            `yaml:"imports"`    // kinds of files whose refused rows are entries still owed
	Weights         map[Dimension]int64 `yaml:"weights"`    // of the score, in basis points
	WordMonths      int                 `yaml:"wordMonths"` // a word holds for so long; 0 for good
	House           []string            `yaml:"house"`      // the house's own reading, not the source's
}

// Check refuses rows that nobody could be judged by.
func (r QualityRow) Check() error {
	wants := []Kind{MissingPhone, MissingEducation, MissingBirth, MissingGender, MissingCertificate}
	doubts := []Kind{GenderContradicts, CertificateRefuted, OverlappingPosts, NumberContested}
	for _, part := range []struct {
		rows  []Want
		known []Kind
	}{{r.Wants, wants}, {r.Doubts, doubts}} {
		for _, w := range part.rows {
			if !slices.Contains(part.known, w.Kind) {
				return fmt.Errorf("%s: unknown kind %q", r.ID, w.Kind)
			}
			for _, role := range w.Roles { // who lacks something must be among those who count
				if !slices.Contains(r.Roles, role) {
					return fmt.Errorf("%s: %s is asked of %s, whose records are not judged", r.ID, w.Kind, role)
				}
			}
		}
	}
	var sum int64
	for d, w := range r.Weights {
		if d != Completeness && d != Timeliness && d != Accuracy || w < 0 {
			return fmt.Errorf("%s: weight of %q", r.ID, d)
		}
		sum += w
	}
	if sum != 10000 {
		return fmt.Errorf("%s: the weights make %d basis points, not 10000", r.ID, sum)
	}
	return nil
}

// Of lists the kinds that the row judges with their dimensions, in order.
func (r QualityRow) Of() []Judged {
	var out []Judged
	for _, w := range r.Wants {
		out = append(out, Judged{w.Kind, Completeness, w.Word})
	}
	out = append(out, Judged{LateStart, Timeliness, false}, Judged{LateEnd, Timeliness, false}, Judged{LateCertificate, Timeliness, false})
	if len(r.Imports) > 0 {
		out = append(out, Judged{RefusedRows, Timeliness, false})
	}
	for _, d := range r.Doubts {
		out = append(out, Judged{d.Kind, Accuracy, d.Word})
	}
	return out
}

// Judged is a kind that a row knows.
type Judged struct {
	Kind      Kind
	Dimension Dimension
	Word      bool // may be settled by a word
}

// limit in days for an event that is told late.
func (l Limits) limit(k Kind) int {
	switch k {
	case LateEnd:
		return l.EndDays
	case LateCertificate:
		return l.CertificateDays
	default:
		return l.StartDays
	}
}
