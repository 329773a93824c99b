package imports

import (
	"testing"

	"carecert/modules/kernel"
)

func TestWhoseImportItIs(t *testing.T) {
	at := func(user string, orgs ...kernel.OrganizationID) kernel.Actor {
		a := kernel.Actor{User: kernel.UserID(user)}
		for _, o := range orgs {
			a.Grants = append(a.Grants, kernel.Grant{Role: kernel.RoleSchool, Organization: o})
		}
		return a
	}
	d := importDoc{Organization: "home", Actor: at("sender", "school")}
	for _, c := range []struct {
		name string
		a    kernel.Actor
		want bool
	}{
		{"who sent it", at("sender"), true},
		{"a colleague", at("other", "school"), true},
		{"of the organisation that it is about", at("director", "home"), true},
		{"of the bureau above", at("bureau", "district"), false},
		{"of another school", at("third", "school-2"), false},
		{"an administrator without an organisation", at("admin", ""), false},
		{"nobody", kernel.Actor{}, false},
		{"the program", kernel.Actor{System: true}, true},
	} {
		if got := d.fromOffice(c.a); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	if (importDoc{Organization: "home", Actor: at("admin", "")}).fromOffice(at("other", "")) {
		t.Error("two without an organisation are of one office")
	}
}

func TestNumbersAreMasked(t *testing.T) {
	for in, want := range map[string]string{
		"310118197905229939":     "310***********9939",
		"31011819790522993X":     "310***********993X",
		"310118 1979 0522 9939":  "310*** **** **** 9939",
		"１３７００１３７００１":            "１３７****７００１",
		"137-0013-7001":          "137-****-7001",
		"E12345678":              "E12**5678",
		"S000031000012244000001": "S00***************0001",
		"2024-03-01":             "2024-03-01",
		"2024年3月1日":              "2024年3月1日",
		"王秀兰":                    "王秀兰",
		"Mary Ann Smithson":      "Mary Ann Smithson",
		"021-59712345 转 8":       "021-****2345 转 8",
		"":                       "",
	} {
		if got := maskNumbers(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
