package rule_test

import (
	"testing"
	"time"

	"carecert/modules/presentations/rule"
)

func row() rule.Row {
	return rule.Row{RenewSeconds: 30, LiveSeconds: 60, LinkHours: []int{24, 1, 168}, LinksMost: 2, VisitsMost: 3}
}

func TestShown(t *testing.T) {
	made := time.Date(2026, 3, 1, 1, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name   string
		after  time.Duration
		before bool
		want   rule.Kind
	}{
		{"at once", 0, false, rule.Live},
		{"a moment before the end", time.Minute - time.Millisecond, false, rule.Live},
		{"at the end", time.Minute, false, rule.Stale},
		{"opened before", time.Second, true, rule.Again},
		{"a picture, opened before", time.Hour, true, rule.Stale},
		{"a clock of another instance a second behind", -time.Second, false, rule.Live},
	} {
		if got := row().Shown(made, made.Add(c.after), c.before); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestHours(t *testing.T) {
	for _, c := range []struct {
		asked int
		want  time.Duration
		ok    bool
	}{{0, 24 * time.Hour, true}, {1, time.Hour, true}, {168, 168 * time.Hour, true}, {2, 2 * time.Hour, false}, {-1, -time.Hour, false}} {
		if got, ok := row().Hours(c.asked); ok != c.ok || ok && got != c.want {
			t.Errorf("%d: %v %t", c.asked, got, ok)
		}
	}
}

func TestCheck(t *testing.T) {
	if err := row().Check(); err != nil {
		t.Error(err)
	}
	for name, spoil := range map[string]func(*rule.Row){
		"dies before the next": func(r *rule.Row) { r.LiveSeconds = 29 },
		"never renewed":        func(r *rule.Row) { r.RenewSeconds = 0 },
		"no hours":             func(r *rule.Row) { r.LinkHours = nil },
		"ends at once":         func(r *rule.Row) { r.LinkHours = []int{24, 0} },
		"no links":             func(r *rule.Row) { r.LinksMost = 0 },
		"no visits":            func(r *rule.Row) { r.VisitsMost = 0 },
	} {
		r := row()
		if spoil(&r); r.Check() == nil {
			t.Errorf("%s: passes", name)
		}
	}
}
