package rule

import (
	"fmt"
	"strconv"
	"strings"

	"carecert/modules/kernel"
)

// The modes of learning whose minutes are told apart (FACTS §8).
const (
	ModeClassroom = "classroom"
	ModeRemote    = "remote"
	ModeOnTheJob  = "onTheJob"
)

// ModeLimit bounds what one mode may give a year; nil is no limit.
type ModeLimit struct {
	MaxMinutesPerYear *kernel.Minutes `yaml:"maxMinutesPerYear" json:"maxMinutesPerYear"`
	MaxShare          *Share          `yaml:"maxShare" json:"maxShare"` // of all that is credited in the year
}

// Share is a part of a whole in ten thousandths; in rule files "0.5" is half.
type Share int64

// WholeShare is all of it.
const WholeShare Share = 10_000

// UnmarshalText reads a decimal of at most four places, 0 to 1.
func (s *Share) UnmarshalText(raw []byte) error {
	whole, places, _ := strings.Cut(string(raw), ".")
	n, err := strconv.ParseUint(whole+(places + "0000")[:max(4, len(places))], 10, 32)
	if err != nil || whole == "" || len(places) > 4 || n > uint64(WholeShare) {
		return fmt.Errorf("a share is 0 to 1 with at most four places, not %q", raw)
	}
	*s = Share(n)
	return nil
}

// of is the part of some minutes, without fractions of a minute.
func (s Share) of(m kernel.Minutes) kernel.Minutes {
	return kernel.Minutes(int64(m) * int64(s) / int64(WholeShare))
}

func (s Share) percent() string {
	return kernel.Ratio{Numerator: int64(s), Denominator: int64(WholeShare)}.Percent()
}

// limitOf is what bounds a mode: its own limit, and for what is learned online
// the smaller of both shares.
func (r Row) limitOf(mode string) ModeLimit {
	l := r.Modes[mode]
	if mode == ModeRemote && r.MaxOnlineShare != nil && (l.MaxShare == nil || *r.MaxOnlineShare < *l.MaxShare) {
		l.MaxShare = r.MaxOnlineShare
	}
	return l
}

// limit takes from the lines of one year, given in order, what their modes may
// not give it. The earlier line keeps its credit.
func (r Row) limit(lines []*Line) {
	allowed, due := r.allowances(lines)
	for _, l := range lines {
		left, limited := allowed[l.Mode]
		if !limited {
			continue
		}
		if over := l.Credited - left; over > 0 {
			l.Credited = left
			l.because(due[l.Mode].code+"_"+l.Mode, r, over)
			l.Reason.Params["limit"] = due[l.Mode].limit
		}
		allowed[l.Mode] -= l.Credited
	}
}

type bound struct{ code, limit string }

// allowances are the most minutes that each bounded mode gives the year. A
// share is of all that is credited, the mode's own minutes among them: where a
// share takes something, the whole is less, so it is taken again until both
// agree.
func (r Row) allowances(lines []*Line) (allowed map[string]kernel.Minutes, due map[string]bound) {
	allowed, due = map[string]kernel.Minutes{}, map[string]bound{}
	sums := map[string]kernel.Minutes{}
	var whole kernel.Minutes
	for _, l := range lines {
		sums[l.Mode] += l.Credited
		whole += l.Credited
	}
	modes := []string{ModeClassroom, ModeOnTheJob, ModeRemote}
	for _, mode := range modes {
		allowed[mode] = sums[mode]
		if most := r.limitOf(mode).MaxMinutesPerYear; most != nil && *most < sums[mode] {
			whole -= sums[mode] - *most
			allowed[mode], due[mode] = *most, bound{"hours.mode_minutes", strconv.Itoa(int(*most))}
		}
	}
	for took := true; took; {
		took = false
		for _, mode := range modes {
			share := r.limitOf(mode).MaxShare
			if share == nil || allowed[mode] <= share.of(whole) {
				continue
			}
			whole, allowed[mode], took = whole-allowed[mode]+share.of(whole), share.of(whole), true
			due[mode] = bound{"hours.mode_share", share.percent()}
		}
	}
	return allowed, due
}
