package people

import "fmt"

// differences names the fields that changed, old → new, masked.
func differences(a, b personDoc) map[string]string {
	out := map[string]string{}
	for _, f := range []struct{ name, old, new string }{
		{"name", a.Name, b.Name},
		{"phone", a.PhoneMasked, b.PhoneMasked},
		{"birthDate", string(a.Birth), string(b.Birth)},
		{"gender", a.Gender, b.Gender},
		{"education", string(a.Education), string(b.Education)},
		{"major", a.Major, b.Major},
		{"kinds", fmt.Sprint(a.Kinds), fmt.Sprint(b.Kinds)},
	} {
		if f.old != f.new {
			out[f.name] = f.old + " → " + f.new
		}
	}
	if a.PhoneBlind != b.PhoneBlind && a.PhoneMasked == b.PhoneMasked {
		out["phone"] = a.PhoneMasked + " → " + b.PhoneMasked
	}
	return out
}
