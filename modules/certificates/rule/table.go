package rule

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"carecert/modules/kernel"
)

// Table is how numbers read, as data (policies/rules/certificates.yaml).
type Table struct {
	Version     string                       `yaml:"version"`
	Document    string                       `yaml:"document"`
	Clause      string                       `yaml:"clause"`
	Since       kernel.Date                  `yaml:"since"` // numbers read so from that year on
	Shapes      []Shape                      `yaml:"shapes"`
	IssuerKinds map[string]map[string]string `yaml:"issuerKinds"` // letter → words by language
	Provinces   map[string]map[string]string `yaml:"provinces"`   // two digits → words by language
	Families    []Family                     `yaml:"families"`
	Occupations []Occupation                 `yaml:"occupations"`
	AlikeMost   int                          `yaml:"alikeMost"`  // certificates of one level and occupation that a person may have without a question
	WorkingAge  int                          `yaml:"workingAge"` // below it a certificate is a question
}

// Shape is one way in which a number is written.
type Shape struct {
	ID      string  `yaml:"id"`
	Pattern string  `yaml:"pattern"`
	Strict  bool    `yaml:"strict"` // what does not fit is refused; else somebody has to look
	Family  string  `yaml:"family"` // whose numbers look so
	Issuer  int     `yaml:"issuer"` // so many characters at the head name the body; 0 where they name none
	Parts   []Place `yaml:"parts"`

	matches *regexp.Regexp
}

// Place is where one part of a number stands; both ends counted from 1.
type Place struct {
	Key  string `yaml:"key"`
	From int    `yaml:"from"`
	To   int    `yaml:"to"`
}

// Family is a kind of certificate that is registered.
type Family struct {
	ID        string `yaml:"id"`
	QuerySite string `yaml:"querySite"` // where it can be looked up by hand
	AnyShape  bool   `yaml:"anyShape"`  // no number is impossible: somebody looks
}

// Occupation is what a certificate is for.
type Occupation struct {
	Code  string            `yaml:"code"`
	Names []string          `yaml:"names"` // the first is printed
	Words map[string]string `yaml:"words"` // by language, where it is not the first name
}

// Conduct is how a registered certificate is compared.
type Conduct struct {
	kernel.RuleHead `yaml:",inline"`
	// Families whose certificates nobody verifies who registered them, but for
	// accounts with one of the exempt roles.
	SecondPerson     []string      `yaml:"secondPerson"`
	Exempt           []kernel.Role `yaml:"exempt"`
	EvidenceMaxBytes int64         `yaml:"evidenceMaxBytes"`
	EvidenceMost     int           `yaml:"evidenceMost"`
	BulkMost         int           `yaml:"bulkMost"`
	// How many numbers of other people may be hit within an hour: by an account,
	// and by all accounts of an office together.
	ProbesPerHour       int      `yaml:"probesPerHour"`
	OfficeProbesPerHour int      `yaml:"officeProbesPerHour"`
	House               []string `yaml:"house"`
}

// AsksSecond tells whether the actor may not verify what they registered.
func (c Conduct) AsksSecond(family string, by kernel.Actor) bool {
	return slices.Contains(c.SecondPerson, family) && !c.Exempts(by)
}

// Exempts tells who may judge what they entered themselves.
func (c Conduct) Exempts(by kernel.Actor) bool {
	return slices.ContainsFunc(by.Grants, func(g kernel.Grant) bool { return slices.Contains(c.Exempt, g.Role) })
}

// Rules is the whole file.
type Rules struct {
	Numbers      Table     `yaml:"numbers"`
	Verification []Conduct `yaml:"verification"`
}

// Ready makes the rules usable once they are read; patterns that are none, and
// what is left out, are refused.
func (r Rules) Ready() (Rules, error) {
	if len(r.Numbers.Occupations) == 0 || len(r.Verification) == 0 {
		return r, errors.New("certificates: no occupation, or no row on verification")
	}
	if r.Numbers.Version == "" {
		return r, errors.New("certificates: the rules for numbers have no version")
	}
	if r.Numbers.AlikeMost < 1 {
		return r, errors.New("certificates: alikeMost must be 1 at least")
	}
	if r.Numbers.WorkingAge < 1 || len(r.Numbers.Since) < 4 {
		return r, errors.New("certificates: workingAge must be 1 at least, and since a day")
	}
	for _, row := range r.Verification {
		if row.ProbesPerHour < 1 || row.OfficeProbesPerHour < row.ProbesPerHour {
			return r, fmt.Errorf("certificates: %s: an office may hit as many numbers as an account, and that one at least", row.ID)
		}
	}
	for i := range r.Numbers.Shapes {
		s := &r.Numbers.Shapes[i]
		m, err := regexp.Compile(s.Pattern)
		if err != nil {
			return r, fmt.Errorf("certificates: shape %s: %w", s.ID, err)
		}
		s.matches = m
	}
	return r, nil
}

// Shape that a normalised number has; false for none.
func (t Table) Shape(number string) (Shape, bool) {
	i := slices.IndexFunc(t.Shapes, func(s Shape) bool { return s.matches.MatchString(number) })
	if i < 0 {
		return Shape{}, false
	}
	return t.Shapes[i], true
}

// Family by its id; the zero Family for one that is not registered.
func (t Table) Family(id string) Family {
	i := slices.IndexFunc(t.Families, func(f Family) bool { return f.ID == id })
	if i < 0 {
		return Family{}
	}
	return t.Families[i]
}

// FamilyOf is the family that a number is taken for where nobody says which: a
// shape has its own, and an older number of no known shape is one of 职业资格.
func (t Table) FamilyOf(number string, issuedOn kernel.Date) string {
	if shape, known := t.Shape(number); known {
		return shape.Family
	}
	if issuedOn != "" && issuedOn < t.Since {
		return "qualification"
	}
	return "skillLevel"
}

// Main is the occupation that is meant where nothing is said.
func (t Table) Main() string { return t.Occupations[0].Code }

// Name of an occupation, as it stands on certificates; "" where it is not known.
func (t Table) Name(code string) string {
	for _, o := range t.Occupations {
		if o.Code == code && len(o.Names) > 0 {
			return o.Names[0]
		}
	}
	return ""
}

// Called is how an occupation is shown in a language; one that is not known, as
// it was written.
func (t Table) Called(code, language string) string {
	for _, o := range t.Occupations {
		if o.Code != code {
			continue
		}
		if said := o.Words[language]; said != "" {
			return said
		}
	}
	if name := t.Name(code); name != "" {
		return name
	}
	return code
}

// Occupation is the code of an occupation as somebody wrote it, by code or with
// its name in it (养老护理员（四级）); false where it is not known.
func (t Table) Occupation(said string) (string, bool) {
	if said == "" {
		return t.Main(), true
	}
	for _, o := range t.Occupations {
		if said == o.Code || slices.ContainsFunc(o.Names, func(name string) bool { return strings.Contains(said, name) }) {
			return o.Code, true
		}
	}
	return said, false
}
