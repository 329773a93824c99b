// Package rule holds how long a witness may be silent. Pure.
package rule

import (
	"fmt"
	"time"

	"carecert/modules/kernel"
)

// Row is one dated rule row (policies/rules/witnesses.yaml).
type Row struct {
	kernel.RuleHead `yaml:",inline"`
	SilentDays      int      `yaml:"silentDays" json:"silentDays"` // without an acknowledgement
	House           []string `yaml:"house" json:"house"`
}

// Check refuses a figure by which every witness would be silent at once.
func (r Row) Check() error {
	if r.SilentDays < 1 {
		return fmt.Errorf("%s: a witness may be silent for a day at least", r.Stamp())
	}
	return nil
}

// Silent tells whether a witness that acknowledged last then, or was named
// then, has been silent for too long.
func (r Row) Silent(since, now time.Time) bool {
	return now.Sub(since) > time.Duration(r.SilentDays)*24*time.Hour
}
