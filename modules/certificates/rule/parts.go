package rule

import (
	"slices"

	"carecert/modules/kernel"
)

// Mark tells how a part of a number stands to what else is known.
type Mark string

// The marks.
const (
	Fits    Mark = "fits"
	Differs Mark = "differs"
	Look    Mark = "look" // cannot be told from here
	Free    Mark = "free" // there is nothing to compare with
)

// Part is a piece of a number, taken apart for whoever compares it.
type Part struct {
	Key      string
	From, To int
	Text     string
	Mark     Mark
	Words    map[string]string // what it stands for, by language, where a table says
}

// Apart takes a number apart. registered tells whether the body at its head is
// registered on the day.
func (t Table) Apart(n Number, registered bool) []Part {
	number := Normalize(n.Text)
	shape, known := t.Shape(number)
	if !known {
		return nil
	}
	out := make([]Part, 0, len(shape.Parts))
	for _, place := range shape.Parts {
		p := Part{Key: place.Key, From: place.From, To: place.To, Text: number[place.From-1 : place.To], Mark: Free}
		fits := func(ok bool, otherwise Mark) {
			p.Mark = otherwise
			if ok {
				p.Mark = Fits
			}
		}
		switch {
		case place.Key == "level":
			fits(p.Text == level(n), Differs)
		case place.Key == "year":
			switch early := shape.Strict && n.IssuedOn != "" && n.IssuedOn < t.Since; {
			case early && t.otherCentury(n.IssuedOn):
				p.Mark = Differs
			case early && p.Text == year(n):
				p.Mark = Look
			default:
				fits(p.Text == year(n), Differs)
			}
		case place.Key == "province":
			p.Words = t.Provinces[p.Text]
			fits(p.Words != nil, Differs)
		case place.Key == "kind":
			p.Words = t.IssuerKinds[p.Text]
			fits(p.Words != nil, Look)
		case shape.Issuer >= place.To && (place.Key == "body" || place.Key == "site"):
			fits(registered, Look)
		}
		out = append(out, p)
	}
	return out
}

// Head is the part of a number that names its issuer; "" where none does.
func (t Table) Head(number string) string {
	number = Normalize(number)
	if shape, known := t.Shape(number); known && shape.Issuer > 0 {
		return number[:shape.Issuer]
	}
	return ""
}

// The classes of findings, for the queue: what a verifier has to look at first.
const (
	ClassMany   = "many"   // the holder has others of the same level
	ClassLevel  = "level"  // an old number's level digit is another
	ClassFamily = "family" // the number looks like one of another family
	ClassAge    = "age"    // the holder was below the working age
	ClassShape  = "shape"  // a shape that has no checks
	ClassIssuer = "issuer" // the issuing body is not registered, or its kind is not known
	ClassNone   = "none"   // everything fits
)

// Classes lists them, the gravest first.
func Classes() []string {
	return []string{ClassMany, ClassLevel, ClassFamily, ClassAge, ClassShape, ClassIssuer, ClassNone}
}

// Class is the gravest of the findings.
func Class(reasons []kernel.Reason) string {
	of := map[string]string{
		"certificates.many_alike": ClassMany, "certificates.issuer_name_differs": ClassIssuer,
		"certificates.number_level_manual": ClassLevel, "certificates.number_other_family": ClassFamily,
		"certificates.number_manual": ClassShape, "certificates.number_before_rule": ClassShape, "certificates.number_issuer_unknown": ClassIssuer,
		"certificates.number_kind_unknown": ClassIssuer, "certificates.occupation_unknown": ClassFamily,
		"certificates.issued_young": ClassAge,
	}
	for _, class := range Classes() {
		if slices.ContainsFunc(reasons, func(r kernel.Reason) bool { return of[r.Code] == class }) {
			return class
		}
	}
	return ClassNone
}
