package layout

import (
	"errors"
	"fmt"
	"slices"
)

// House is the house's own layouts, as data.
type House struct {
	Common   []Element `yaml:"common"` // only to be referred to in the file
	Families []Family  `yaml:"families"`
}

// Family is what holds for every layout of a family, and the house's own.
type Family struct {
	ID           string    `yaml:"family"`
	Requires     []string  `yaml:"requires"` // fields that have to stand on it
	NeverExpires bool      `yaml:"neverExpires"`
	Document     string    `yaml:"document"` // that says so, where one does
	Versions     []Content `yaml:"versions"` // the first is version 1; they are only ever added
}

// Ready checks what was read: every version that is printed has to be one that
// could be published.
func (h House) Ready(modules int) (House, error) {
	if len(h.Families) == 0 {
		return h, errors.New("certificate templates: no family")
	}
	h.Families = slices.Clone(h.Families) // what was read stays as it is: others may read it
	for i := range h.Families {
		f := &h.Families[i]
		f.Versions = slices.Clone(f.Versions)
		for n := range f.Versions {
			f.Versions[n] = f.Versions[n].Tidy()
			if wrong := f.Versions[n].Check(*f, modules); len(wrong) > 0 {
				return h, fmt.Errorf("certificate templates: %s, version %d: %s %s %v", f.ID, n+1, wrong[0].Element, wrong[0].Code, wrong[0].Params)
			}
		}
		if len(f.Versions) == 0 {
			return h, fmt.Errorf("certificate templates: %s has none", f.ID)
		}
	}
	return h, nil
}

// Family by its id; false for one that has no template.
func (h House) Family(id string) (Family, bool) {
	i := slices.IndexFunc(h.Families, func(f Family) bool { return f.ID == id })
	if i < 0 {
		return Family{}, false
	}
	return h.Families[i], true
}
