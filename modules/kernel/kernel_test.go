package kernel_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
)

func TestRatio(t *testing.T) {
	for _, c := range []struct {
		name    string
		ratio   kernel.Ratio
		percent string
		met     bool
		gap     int64
	}{
		{"1,900 of 2,501 shows 75.96 and misses 76 %", kernel.Ratio{Numerator: 1900, Denominator: 2501}, "75.96", false, 1},
		{"1,901 of 2,501 reaches it", kernel.Ratio{Numerator: 1901, Denominator: 2501}, "76.00", true, 0},
		{"exactly 76 % reaches it", kernel.Ratio{Numerator: 76, Denominator: 100}, "76.00", true, 0},
		{"a share of nothing meets nothing", kernel.Ratio{}, "0.00", false, 0},
		{"all of them is 100.00", kernel.Ratio{Numerator: 3, Denominator: 3}, "100.00", true, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.ratio.Percent(); got != c.percent {
				t.Errorf("percent %s, want %s", got, c.percent)
			}
			if got := c.ratio.AtLeast(7600); got != c.met {
				t.Errorf("met %v, want %v", got, c.met)
			}
			if got := c.ratio.Gap(7600); got != c.gap {
				t.Errorf("gap %d, want %d", got, c.gap)
			}
		})
	}
}

// The gap is exactly what is missing: with it the target is met, with one less
// it is not.
func TestGapIsWhatIsMissing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.Int64Range(1, 1_000_000).Draw(t, "denominator")
		r := kernel.Ratio{Numerator: rapid.Int64Range(0, d).Draw(t, "numerator"), Denominator: d}
		target := rapid.Int64Range(1, 10_000).Draw(t, "target")
		gap := r.Gap(target)
		if !(kernel.Ratio{Numerator: r.Numerator + gap, Denominator: d}).AtLeast(target) {
			t.Fatalf("%v with %d more misses %d", r, gap, target)
		}
		if gap > 0 && (kernel.Ratio{Numerator: r.Numerator + gap - 1, Denominator: d}).AtLeast(target) {
			t.Fatalf("%v needs less than %d for %d", r, gap, target)
		}
	})
}

func TestClassHours(t *testing.T) {
	for minutes, want := range map[kernel.Minutes]string{900: "20.00", 899: "19.97", 0: "0.00", 45: "1.00", 30: "0.66"} {
		if got := minutes.ClassHours(45); got != want {
			t.Errorf("%d minutes are %s, want %s", minutes, got, want)
		}
	}
}

func TestDates(t *testing.T) {
	for _, c := range []struct{ name, got, want string }{
		{"a day begins at midnight in Shanghai", kernel.Date("2025-06-30").Start().UTC().Format(time.RFC3339), "2025-06-29T16:00:00Z"},
		{"it ends when the next begins", kernel.Date("2025-06-30").End().UTC().Format(time.RFC3339), "2025-06-30T16:00:00Z"},
		{"31 January and a month is the last of February", string(kernel.Date("2024-01-31").AddMonths(1)), "2024-02-29"},
		{"months cross the year", string(kernel.Date("2023-11-15").AddMonths(14)), "2025-01-15"},
		{"and go back", string(kernel.Date("2023-01-31").AddMonths(-2)), "2022-11-30"},
		{"for ever stays", string(kernel.Forever.AddDays(1)), string(kernel.Forever)},
		{"an instant falls on its Shanghai day", string(kernel.DateOf(time.Date(2025, 12, 31, 16, 0, 0, 0, time.UTC))), "2026-01-01"},
		{"days between", fmt.Sprint(kernel.Date("2025-03-20").Sub("2025-03-01")), "19"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s, want %s", c.name, c.got, c.want)
		}
	}
	for _, bad := range []string{"2025-02-29", "2025-13-01", "2025-1-1", "", "20250101", "1899-12-31"} {
		if _, err := kernel.ParseDate(bad); err == nil {
			t.Errorf("%q is taken for a date", bad)
		}
	}
}

type row struct{ kernel.RuleHead }

func TestNearest(t *testing.T) {
	rows := []row{
		{kernel.RuleHead{ID: "country", From: "2020-01-01"}},
		{kernel.RuleHead{ID: "city", Region: "310000", From: "2022-01-01"}},
		{kernel.RuleHead{ID: "city-new", Region: "310000", From: "2024-01-01"}},
		{kernel.RuleHead{ID: "district", Region: "310118", From: "2025-01-01", To: "2025-12-31"}},
	}
	for _, c := range []struct {
		name   string
		region kernel.RegionCode
		on     kernel.Date
		want   string
	}{
		{"a street takes its district's row", "310118001", "2025-06-01", "district"},
		{"after it ended, the city's", "310118001", "2026-01-01", "city-new"},
		{"before the newer one, the older", "310118", "2023-06-01", "city"},
		{"elsewhere, the country's", "440515", "2023-06-01", "country"},
		{"before any, none", "310118", "2019-12-31", ""},
	} {
		got, _ := kernel.Nearest(rows, c.region, c.on)
		if got.ID != c.want {
			t.Errorf("%s: %q, want %q", c.name, got.ID, c.want)
		}
	}
}

func TestUpward(t *testing.T) {
	for code, want := range map[kernel.RegionCode][]kernel.RegionCode{
		"310118001": {"310118001", "310118", "310100", "310000", ""},
		"310118":    {"310118", "310100", "310000", ""},
		"440500":    {"440500", "440000", ""},
		"310000":    {"310000", ""},
		"":          {""},
	} {
		if d := cmp.Diff(want, code.Upward()); d != "" {
			t.Errorf("%s: %s", code, d)
		}
	}
}

func TestFaultKeepsItsIdentity(t *testing.T) {
	base := fault.New(fault.Conflict, "x.refused")
	err := fmt.Errorf("while doing: %w", base.With("row", 3).At("body.name", "x.empty", ""))
	if !errors.Is(err, base) {
		t.Error("a fault with parameters is not the fault any more")
	}
	if f, ok := fault.From(err); !ok || f.Params["row"] != "3" || len(f.Fields) != 1 {
		t.Errorf("lost what it carried: %+v", f)
	}
	if errors.Is(err, fault.New(fault.Conflict, "x.other")) {
		t.Error("another code is the same fault")
	}
	if len(base.Params) != 0 {
		t.Error("With changed the declared fault")
	}
}
