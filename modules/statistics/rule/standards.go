package rule

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"carecert/modules/kernel"
)

// Standard is a line of the catalogue of standards (policies/rules/standards.yaml).
// One whose number is not known yet has no code; its title names it.
type Standard struct {
	ID      string   `yaml:"id"`
	Code    string   `yaml:"code"`
	Title   string   `yaml:"title"`
	Aliases []string `yaml:"aliases"` // other ways in which documents write the code
	Source  string   `yaml:"source"`  // where the training on it is asked for
}

// Refusals of a catalogue that cannot be told apart.
var (
	errStandardID    = errors.New("an id of a standard is made of small letters and digits")
	errStandardTwice = errors.New("two standards share an id, a code, an alias or a title")
)

// Catalogue finds standards by whatever is written of them.
type Catalogue struct {
	all   []Standard
	byKey map[string]int
}

// NewCatalogue refuses standards that could be taken for one another.
func NewCatalogue(all []Standard) (Catalogue, error) {
	c := Catalogue{all: all, byKey: map[string]int{}}
	shape := regexp.MustCompile(`^[a-z][a-z0-9]{1,23}$`)
	for i, s := range all {
		if !shape.MatchString(s.ID) || s.ID == TopicSocialWork || s.Title == "" {
			return c, fmt.Errorf("%w: %q", errStandardID, s.ID)
		}
		for _, name := range append([]string{s.ID, s.Code, s.Title}, s.Aliases...) {
			key := written(name)
			if key == "" {
				continue
			}
			if of, taken := c.byKey[key]; taken && of != i {
				return c, fmt.Errorf("%w: %q", errStandardTwice, name)
			}
			c.byKey[key] = i
		}
	}
	return c, nil
}

// All lists the standards as the catalogue does.
func (c Catalogue) All() []Standard { return c.all }

// written folds the ways in which one code is written: "GB 38600—2019",
// "GB38600-2019", "DB31/T 1402—2023", "DB31T1402—2023".
func written(code string) string {
	fold := strings.NewReplacer(" ", "", "\u3000", "", "/", "", "《", "", "》", "", "—", "-", "–", "-", "－", "-", "−", "-", "‐", "-", "‑", "-")
	return strings.ToUpper(fold.Replace(strings.TrimSpace(code)))
}

// Find tells the standard that a code, an alias or a title names. One that is
// not in the catalogue is known by its code alone.
func (c Catalogue) Find(code string) (s Standard, topic string) {
	key := written(code)
	if key == "" {
		return Standard{}, ""
	}
	if i, ok := c.byKey[key]; ok {
		return c.all[i], c.all[i].ID
	}
	sum := sha256.Sum256([]byte(key))
	return Standard{Code: strings.TrimSpace(code)}, "x" + hex.EncodeToString(sum[:5])
}

// The topics that coverage counts are standards by their id, and one more.
const TopicSocialWork = "sw" // 社工专业培训

// AudienceSocialWorker marks courses that train social workers (CONTRACT §3).
const AudienceSocialWorker = "socialWorker"

// Topics of a completed course.
func (c Catalogue) Topics(done Completion) (topics []string) {
	for _, code := range done.Standards {
		if _, topic := c.Find(code); topic != "" {
			topics = append(topics, topic)
		}
	}
	if done.Audience == AudienceSocialWorker {
		topics = append(topics, TopicSocialWork)
	}
	return topics
}

// CoverageRow says whose training on which standards is asked for
// (policies/rules/statistics.yaml, coverage).
type CoverageRow struct {
	kernel.RuleHead `yaml:",inline"`
	Standards       []string           `yaml:"standards"` // ids of the catalogue; AnyStandard for all that no other row names
	Roles           []kernel.StaffRole `yaml:"roles"`     // 照护人员, 管理人员、服务人员 …
	WithoutSmall    bool               `yaml:"withoutSmallHomes"`
	TargetBP        *int64             `yaml:"targetBP"` // none where the source sets none
	DueOn           kernel.Date        `yaml:"dueOn"`
	House           []string           `yaml:"house"` // fields that are the house's reading and no document's
	Note            string             `yaml:"note"`
}

// AnyStandard stands in a row for every standard.
const AnyStandard = "*"

func (r CoverageRow) names(topic string) bool {
	for _, s := range r.Standards {
		if s == topic || s == AnyStandard {
			return true
		}
	}
	return false
}

func (r CoverageRow) any() bool { return r.names(AnyStandard) }

// CoverageRows are all rows.
type CoverageRows []CoverageRow

var errUnknownStandard = errors.New("a row of coverage names a standard that is not in the catalogue")

// Check refuses rows that name standards nobody knows.
func (rows CoverageRows) Check(c Catalogue) error {
	for _, r := range rows {
		for _, s := range r.Standards {
			if known, _ := c.Find(s); s != AnyStandard && known.ID != s {
				return fmt.Errorf("%w: %s in %s", errUnknownStandard, s, r.ID)
			}
		}
	}
	return nil
}

// For picks the row of a standard: the nearest region's that names it, and
// only without one the nearest that holds for all.
func (rows CoverageRows) For(topic string, region kernel.RegionCode, on kernel.Date) (CoverageRow, bool) {
	var named, general []CoverageRow
	for _, r := range rows {
		switch {
		case r.any():
			general = append(general, r)
		case r.names(topic):
			named = append(named, r)
		}
	}
	if r, ok := kernel.Nearest(named, region, on); ok {
		return r, true
	}
	return kernel.Nearest(general, region, on)
}

// Asked lists the standards that the nearest region sets a target for: what
// coverage is about where nobody names any.
func (rows CoverageRows) Asked(region kernel.RegionCode, on kernel.Date) (topics []string) {
	for _, around := range region.Upward() {
		for _, r := range rows {
			if r.Region == around && r.InForce(on) && r.TargetBP != nil && !r.any() {
				topics = append(topics, r.Standards...)
			}
		}
		if len(topics) > 0 {
			return topics
		}
	}
	return nil
}
