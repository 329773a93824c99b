// Package rule holds how much a platform may ask. Pure.
package rule

import (
	"fmt"

	"carecert/modules/kernel"
)

// Most is how many certificates one question may name.
const Most = 1000

// Row is one dated rule row (policies/rules/platforms.yaml).
type Row struct {
	kernel.RuleHead `yaml:",inline"`
	PerMinute       int      `yaml:"perMinute" json:"perMinute"` // certificates, by one key in one running program
	AtOnce          int      `yaml:"atOnce" json:"atOnce"`       // of them saved up
	PerDay          int64    `yaml:"perDay" json:"perDay"`       // certificates, by one key
	KeyDays         int      `yaml:"keyDays" json:"keyDays"`     // how long a key lives where nothing is said
	LongestDays     int      `yaml:"longestDays" json:"longestDays"`
	House           []string `yaml:"house" json:"house"`
}

// Check refuses limits that no question could ever keep.
func (r Row) Check() error {
	if r.PerMinute <= 0 || r.AtOnce < Most || r.PerDay < Most || r.KeyDays <= 0 || r.LongestDays < r.KeyDays {
		return fmt.Errorf("%s: limits that a question of %d cannot keep", r.Stamp(), Most)
	}
	return nil
}

// Last is the last day of a key that is made on a day; asked "" is the usual.
// False where that is in the past or too far ahead.
func (r Row) Last(today, asked kernel.Date) (kernel.Date, bool) {
	if asked == "" {
		return today.AddDays(r.KeyDays), true
	}
	return asked, asked >= today && asked <= today.AddDays(r.LongestDays)
}
