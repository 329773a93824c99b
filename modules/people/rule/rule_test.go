package rule_test

import (
	"testing"

	"pgregory.net/rapid"

	"carecert/modules/kernel"
	"carecert/modules/people/rule"
)

const today kernel.Date = "2025-09-01"

func TestIdentify(t *testing.T) {
	for _, c := range []struct {
		name   string
		kind   rule.IDType
		number string
		flaw   rule.Flaw
		want   rule.Identity
	}{
		{"the standard's example ending in X", "", "11010519491231002X", "", rule.Identity{Number: "11010519491231002X", Birth: "1949-12-31", Gender: rule.Female}},
		{"a region code that was retired", "", "440524188001010014", "", rule.Identity{Number: "440524188001010014", Birth: "1880-01-01", Gender: rule.Male}},
		{"a sequence of 000 is a woman", "", "310118198506150005", "", rule.Identity{Number: "310118198506150005", Birth: "1985-06-15", Gender: rule.Female}},
		{"29 February 1970 does not exist", "", "310105197002290008", rule.FlawDate, rule.Identity{}},
		{"a small x is an X", "", "11010519491231002x", "", rule.Identity{Number: "11010519491231002X", Birth: "1949-12-31", Gender: rule.Female}},
		{"a Roman ten is an X", "", "11010519491231002ⅹ", "", rule.Identity{Number: "11010519491231002X", Birth: "1949-12-31", Gender: rule.Female}},
		{"full-width digits and blanks", "", "３１０１１８ 1985　0615\u00a00005", "", rule.Identity{Number: "310118198506150005", Birth: "1985-06-15", Gender: rule.Female}},
		{"15 digits are void since 2013", "", "310118850615001", rule.FlawFifteenDigits, rule.Identity{}},
		{"a wrong check digit", "", "310118198506150006", rule.FlawCheckDigit, rule.Identity{}},
		{"17 characters", "", "31011819850615000", rule.FlawLength, rule.Identity{}},
		{"a letter in the middle", "", "3101181985O6150005", rule.FlawCharacters, rule.Identity{}},
		{"born tomorrow", "", "310118202509020000", rule.FlawDateAhead, rule.Identity{}},
		{"of a foreigner who lives here for good", "", "911840197902030017", rule.FlawPermanent, rule.Identity{}},
		{"of no province", "", "001234198506150005", rule.FlawProvince, rule.Identity{}},
		{"nothing", "", " ", rule.FlawMissing, rule.Identity{}},
		{"a residence permit of Hong Kong", rule.HMTResidence, "810000199001010019", "", rule.Identity{Number: "810000199001010019", Birth: "1990-01-01", Gender: rule.Male}},
		{"one of Macao, with a wrong check digit", rule.HMTResidence, "820000198808080032", rule.FlawCheckDigit, rule.Identity{}},
		{"one of Taiwan", rule.HMTResidence, "830000198512310020", "", rule.Identity{Number: "830000198512310020", Birth: "1985-12-31", Gender: rule.Female}},
		{"no permit has another place in it", rule.HMTResidence, "810101199001010018", rule.FlawNotPermit, rule.Identity{}},
		{"a permanent residence card of 2023", rule.ForeignPermanent, "911840197902030017", "", rule.Identity{Number: "911840197902030017", Birth: "1979-02-03", Gender: rule.Male}},
		{"one with two digits swapped", rule.ForeignPermanent, "911804197902030017", rule.FlawCheckDigit, rule.Identity{}},
		{"one that is a character short", rule.ForeignPermanent, "91184019790203001", rule.FlawShape, rule.Identity{}},
		{"a pass of Macao that was renewed", rule.HMTPass, "M1234567802", "", rule.Identity{Number: "M1234567802"}},
		{"a pass of Hong Kong that is a digit short", rule.HMTPass, "H1234567", rule.FlawShape, rule.Identity{}},
		{"a passport in full width", rule.Passport, "Ｅ１２３４５６７８", "", rule.Identity{Number: "E12345678"}},
		{"a passport of three characters", rule.Passport, "E12", rule.FlawShape, rule.Identity{}},
		{"a residence permit is no resident's card", rule.ResidentID, "810000199001010018", rule.FlawResidencePermit, rule.Identity{}},
		{"a resident's card is no residence permit", rule.HMTResidence, "310118198506150005", rule.FlawNotPermit, rule.Identity{}},
		{"a passport", rule.Passport, "e12345678", "", rule.Identity{Number: "E12345678"}},
		{"a passport without a digit", rule.Passport, "PASSPORT", rule.FlawShape, rule.Identity{}},
		{"a pass of Hong Kong", rule.HMTPass, "H12345678", "", rule.Identity{Number: "H12345678"}},
		{"a pass of Taiwan", rule.HMTPass, "12345678", "", rule.Identity{Number: "12345678"}},
		{"a pass of nowhere", rule.HMTPass, "X12345678", rule.FlawShape, rule.Identity{}},
		{"a permanent residence card of the old kind", rule.ForeignPermanent, "USA310080010101", "", rule.Identity{Number: "USA310080010101"}},
		{"one that begins with another digit", rule.ForeignPermanent, "310118198506150005", rule.FlawShape, rule.Identity{}},
		{"a kind that does not exist", "driversLicence", "1", rule.FlawShape, rule.Identity{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, flaw := rule.Identify(c.kind, c.number, today)
			if flaw != c.flaw {
				t.Fatalf("flaw %q, want %q", flaw, c.flaw)
			}
			if flaw == "" && (got.Number != c.want.Number || got.Birth != c.want.Birth || got.Gender != c.want.Gender) {
				t.Errorf("%+v", got)
			}
		})
	}
}

func TestMasks(t *testing.T) {
	for plain, masked := range map[string]string{
		"310118198506150005": "310118********0005", "E12345678": "E1*****78", "A123": "****",
	} {
		if got := rule.MaskNumber(plain); got != masked {
			t.Errorf("%s shows %s", plain, got)
		}
	}
	for plain, masked := range map[string]string{"13800138000": "138****8000", "02159720000": "021****0000", "110": "***"} {
		if got := rule.MaskPhone(plain); got != masked {
			t.Errorf("%s shows %s", plain, got)
		}
	}
}

func TestPhone(t *testing.T) {
	for text, want := range map[string]string{
		"13800138000": "13800138000", "+86 138-0013-8000": "13800138000", "１３８００１３８０００": "13800138000",
		"021-59720000": "02159720000", "138 0000": "", "12345678901": "", "": "",
	} {
		if got, ok := rule.Phone(text); ok != (want != "") || (ok && got != want) {
			t.Errorf("%q: %q %v", text, got, ok)
		}
	}
}

func TestServiceTime(t *testing.T) {
	p := func(from, to kernel.Date) kernel.Period { return kernel.Period{From: from, To: to} }
	for _, c := range []struct {
		name    string
		periods []kernel.Period
		want    rule.Service
	}{
		{"one month is full the day before its date", []kernel.Period{p("2024-01-15", "2024-02-14")}, rule.Service{Months: 1}},
		{"a day less is not", []kernel.Period{p("2024-01-15", "2024-02-13")}, rule.Service{Days: 30}},
		{"the 27th of February does not fill the month of 31 January", []kernel.Period{p("2021-01-31", "2021-02-27")}, rule.Service{Days: 28}},
		{"its last day does", []kernel.Period{p("2021-01-31", "2021-02-28")}, rule.Service{Months: 1}},
		{"the day after is one more", []kernel.Period{p("2021-01-31", "2021-03-01")}, rule.Service{Months: 1, Days: 1}},
		{"30 April fills the month of 31 March", []kernel.Period{p("2021-03-31", "2021-04-30")}, rule.Service{Months: 1}},
		{"a year from a leap day ends with February", []kernel.Period{p("2024-02-29", "2025-02-28")}, rule.Service{Months: 12}},
		{"and not before", []kernel.Period{p("2024-02-29", "2025-02-27")}, rule.Service{Months: 11, Days: 30}},
		{"23 months and 5 days are not 24", []kernel.Period{p("2023-01-01", "2024-12-05")}, rule.Service{Months: 23, Days: 5}},
		{"two years to the day are 24", []kernel.Period{p("2023-01-01", "2024-12-31")}, rule.Service{Months: 24}},
		{"ten overlapping days count once", []kernel.Period{p("2024-01-01", "2024-06-30"), p("2024-06-21", "2024-12-31")}, rule.Service{Months: 12}},
		{"odd days of two stretches add up", []kernel.Period{p("2024-01-01", "2024-02-20"), p("2024-04-01", "2024-05-15")}, rule.Service{Months: 3, Days: 4}},
		{"an open spell runs until today", []kernel.Period{p("2025-08-01", kernel.Forever)}, rule.Service{Months: 1, Days: 1}},
		{"what begins later does not count yet", []kernel.Period{p("2025-10-01", kernel.Forever)}, rule.Service{}},
		{"no service", nil, rule.Service{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := rule.ServiceTime(c.periods, today); got != c.want {
				t.Errorf("%+v, want %+v", got, c.want)
			}
		})
	}
}

// However a career is cut into spells, its days count once.
func TestUnionCountsEveryDayOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var periods []kernel.Period
		days := map[kernel.Date]bool{}
		for range rapid.IntRange(0, 8).Draw(t, "spells") {
			from := kernel.Date("2020-01-01").AddDays(rapid.IntRange(0, 400).Draw(t, "from"))
			to := from.AddDays(rapid.IntRange(0, 120).Draw(t, "days"))
			periods = append(periods, kernel.Period{From: from, To: to})
			for d := from; d <= to; d = d.AddDays(1) {
				days[d] = true
			}
		}
		merged, n := rule.Union(periods), 0
		for i, p := range merged {
			if n += p.To.Sub(p.From) + 1; i > 0 && p.From <= merged[i-1].To.AddDays(1) {
				t.Fatalf("%v and %v should be one", merged[i-1], p)
			}
		}
		if n != len(days) {
			t.Fatalf("%d days, want %d", n, len(days))
		}
	})
}

func TestPreJobGate(t *testing.T) {
	row := rule.PreJobRow{RuleHead: kernel.RuleHead{From: "2022-01-01"}, Roles: []kernel.StaffRole{kernel.StaffCaregiver}}
	spell := func(role kernel.StaffRole, from, to kernel.Date) []kernel.Spell {
		return []kernel.Spell{{Role: role, Period: kernel.Period{From: from, To: to}}}
	}
	for _, c := range []struct {
		name    string
		spells  []kernel.Spell
		trained kernel.Date
		days    int
		missing bool
	}{
		{"hired on 1 March, passed on the 20th", spell(kernel.StaffCaregiver, "2025-03-01", kernel.Forever), "2025-03-20", 19, false},
		{"passed on the first day", spell(kernel.StaffCaregiver, "2025-03-01", kernel.Forever), "2025-03-01", 0, false},
		{"never passed", spell(kernel.StaffCaregiver, "2025-08-30", kernel.Forever), "", 3, true},
		{"left without having passed", spell(kernel.StaffCaregiver, "2025-08-01", "2025-08-10"), "", 10, false},
		{"days before the standard came into force", spell(kernel.StaffCaregiver, "2019-01-01", "2022-01-02"), "", 2, false},
		{"a director needs none", spell(kernel.StaffDirector, "2025-03-01", kernel.Forever), "", 0, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			said := map[bool]string{true: "people.pre_job_missing", false: "people.pre_job_was_missing"}[c.missing]
			if c.days == 0 {
				said = ""
			}
			if g := row.Judge(c.spells, c.trained, today); g.DaysBefore != c.days || g.Missing != c.missing || g.Reason.Code != said {
				t.Errorf("%+v", g)
			}
		})
	}
}
