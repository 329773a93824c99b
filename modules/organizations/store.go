package organizations

import (
	"maps"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/pinyin"
	"carecert/modules/kit/store"
)

// everybody stands on every reach and shelf: the list of who reaches
// everywhere is then a query like any other.
const everybody = "*"

type organizationDoc struct {
	store.Doc      `bson:",inline"`
	Kind           Kind        `bson:"kind"`
	Name           string      `bson:"name"`
	Names          []Name      `bson:"names"`
	Terms          []Terms     `bson:"terms,omitempty"`
	Parent         string      `bson:"parent,omitempty"`
	CreditCode     string      `bson:"creditCode,omitempty"`
	Division       string      `bson:"division"`
	Street         string      `bson:"street,omitempty"`
	Beds           int         `bson:"beds"`
	Clinic         bool        `bson:"clinic"`
	Small          bool        `bson:"small"`
	Grade          string      `bson:"grade,omitempty"`
	AssessmentCode string      `bson:"assessmentCode,omitempty"`
	ValidFrom      kernel.Date `bson:"validFrom,omitempty"`
	ValidTo        kernel.Date `bson:"validTo,omitempty"`
	Group          string      `bson:"group,omitempty"`
	ClosedOn       kernel.Date `bson:"closedOn,omitempty"`
	Occupations    []string    `bson:"occupations,omitempty"`
	RecordedAt     time.Time   `bson:"recordedAt"`

	Blacklistings []Blacklisting `bson:"blacklistings,omitempty"`

	Over     string      `bson:"over"`               // who oversees it next; "" for nobody
	Called   []string    `bson:"called"`             // every name that it ever had, folded
	Filed    []string    `bson:"filed,omitempty"`    // province|occupation, of an assessment body
	Directed kernel.Date `bson:"directed,omitempty"` // the last day for which a director is known; of a closed one, for ever

	Path    []string `bson:"path"`           // itself, then who oversees it
	Once    []string `bson:"once,omitempty"` // what placed it at some time and does not now: parents and regions
	Regions []string `bson:"regions"`        // whose bureaus oversee it
	Reach   []string `bson:"reach"`          // the path, and everybody
	Shelf   []string `bson:"shelf"`          // the reach, alone and with the kind
	Sort    string   `bson:"sort"`

	Characters string `bson:"characters"`
	Pinyin     string `bson:"pinyin"`
	Initials   string `bson:"initials"`

	Keys     []string `bson:"keys,omitempty"`     // what it is found by from names that it has no more
	Formerly []string `bson:"formerly,omitempty"` // each of them under each of the reach
}

// mostFormer is how many former names an organisation is found by, the latest.
const mostFormer = 4

// spell derives what its names are looked up by.
func (d *organizationDoc) spell(s *pinyin.Speller) {
	now := s.Name(d.Name)
	d.Characters, d.Pinyin, d.Initials, d.Sort = now.Characters, now.Pinyin, now.Initials, now.Sort()
	d.Keys = nil
	former := d.organization().formerNames()
	for _, once := range former[max(0, len(former)-mostFormer):] {
		for _, key := range s.Name(once).Formerly(now) {
			if !slices.Contains(d.Keys, key) {
				d.Keys = append(d.Keys, key)
			}
		}
	}
}

// formerNames are those that it does not have today, the oldest first.
func (o Organization) formerNames() (out []string) {
	for _, n := range o.Names {
		if n.Name != o.Name && !slices.Contains(out, n.Name) {
			out = append(out, n.Name)
		}
	}
	return out
}

// remember puts the keys of former names under the reach.
func (d *organizationDoc) remember() {
	d.Formerly = nil
	for _, r := range d.Reach {
		for _, key := range d.Keys {
			d.Formerly = append(d.Formerly, formerly(r, key))
		}
	}
}

// formerly is how a key of a former name is kept under a token of the reach.
func formerly(token, key string) string { return token + "|" + key }

// seatDoc names who oversees a region. Whoever is placed under a region writes
// it, so that an overseer who appears at the same moment is not missed.
type seatDoc struct {
	store.Doc `bson:",inline"`
	Holders   []string `bson:"holders"`
	Former    []string `bson:"former,omitempty"` // who held it before
}

type commissionDoc struct {
	store.Doc   `bson:",inline"`
	Institution string      `bson:"institution"`
	School      string      `bson:"school"`
	From        kernel.Date `bson:"from"`
	To          kernel.Date `bson:"to"`
	RecordedAt  time.Time   `bson:"recordedAt"`
}

type collections struct {
	organizations *store.Collection[organizationDoc]
	seats         *store.Collection[seatDoc]
	commissions   *store.Collection[commissionDoc]
	directors     *store.Collection[directorDoc]
	changes       *store.Collection[changeDoc]
}

func open(db *store.DB) collections {
	return collections{
		organizations: store.Open[organizationDoc](db, store.Spec{Name: "organizations_organizations", Indexes: []store.Index{
			{Name: "shelf", Fields: []string{"shelf", "sort"}, Many: "shelf"},
			{Name: "characters", Fields: []string{"reach", "characters"}, Many: "reach"},
			{Name: "pinyin", Fields: []string{"reach", "pinyin"}, Many: "reach"},
			{Name: "initials", Fields: []string{"reach", "initials"}, Many: "reach"},
			{Name: "formerly", Fields: []string{"formerly", "sort"}, Many: "formerly"},
			{Name: "parent", Fields: []string{"parent"}, Where: "parent"},
			{Name: "regions", Fields: []string{"regions"}, Many: "regions"},
			{Name: "once", Fields: []string{"once"}, Many: "once"},
			{Name: "over", Fields: []string{"over", "sort"}},
			{Name: "group", Fields: []string{"group", "sort"}, Where: "group"},
			{Name: "creditCode", Fields: []string{"creditCode", "sort"}, Where: "creditCode"},
			{Name: "codeInStreet", Fields: []string{"creditCode", "street"}, Where: "creditCode"},
			{Name: "called", Fields: []string{"called"}, Many: "called"},
			{Name: "filed", Fields: []string{"filed"}, Many: "filed"},
			{Name: "directed", Fields: []string{"shelf", "directed"}, Many: "shelf"},
			{Name: "assessmentCode", Fields: []string{"assessmentCode"}, Where: "assessmentCode"},
		}}),
		seats: store.Open[seatDoc](db, store.Spec{Name: "organizations_seats"}),
		commissions: store.Open[commissionDoc](db, store.Spec{Name: "organizations_commissions", Indexes: []store.Index{
			{Name: "school", Fields: []string{"school", "to"}},
			{Name: "institution", Fields: []string{"institution", "to"}},
		}}),
		directors: store.Open[directorDoc](db, directorSpec()),
		changes:   store.Open[changeDoc](db, changeSpec()),
	}
}

func (d organizationDoc) organization() Organization {
	return Organization{
		ID: kernel.OrganizationID(d.ID), Kind: d.Kind, Names: d.Names, Terms: d.Terms, Path: ids(d.Path), RecordedAt: d.RecordedAt, Stored: d.Version,
		Blacklistings: d.Blacklistings,
		Particulars: Particulars{
			Name: d.Name, Parent: kernel.OrganizationID(d.Parent), CreditCode: d.CreditCode,
			Division: kernel.RegionCode(d.Division), Street: kernel.RegionCode(d.Street),
			ApprovedBeds: d.Beds, InHouseClinic: d.Clinic, SmallCareHome: d.Small, Grade: d.Grade,
			AssessmentCode: d.AssessmentCode, Validity: kernel.Period{From: d.ValidFrom, To: d.ValidTo},
			OperatorGroup: kernel.OrganizationID(d.Group), ClosedOn: d.ClosedOn, Occupations: d.Occupations,
		},
	}
}

// write takes over the organisation; its path is set by place.
func (d *organizationDoc) write(o Organization, s *pinyin.Speller) {
	d.ID, d.Kind, d.Name, d.Names, d.RecordedAt = string(o.ID), o.Kind, o.Name, o.Names, o.RecordedAt
	d.Parent, d.CreditCode, d.Division, d.Street = string(o.Parent), o.CreditCode, string(o.Division), string(o.Street)
	d.Beds, d.Clinic, d.Small, d.Grade = o.ApprovedBeds, o.InHouseClinic, o.SmallCareHome, o.Grade
	d.AssessmentCode, d.ValidFrom, d.ValidTo = o.AssessmentCode, o.Validity.From, o.Validity.To
	d.Group, d.ClosedOn, d.Occupations = string(o.OperatorGroup), o.ClosedOn, o.Occupations
	d.Called, d.Filed = nil, nil
	for _, n := range o.Names {
		d.Called = append(d.Called, pinyin.Fold(n.Name))
	}
	slices.Sort(d.Called)
	d.Called = slices.Compact(d.Called)
	for _, code := range o.Occupations {
		d.Filed = append(d.Filed, filedUnder(o.province(), code))
	}
	d.spell(s)
	d.Regions = nil
	for _, r := range o.around() {
		d.Regions = append(d.Regions, string(r))
	}
}

// place sets the path.
func (d *organizationDoc) place(path []string) {
	d.Path, d.Over = path, ""
	if len(path) > 1 {
		d.Over = path[1]
	}
	d.Reach = append(slices.Clone(path), everybody)
	d.Shelf = slices.Clone(d.Reach)
	for _, r := range d.Reach {
		d.Shelf = append(d.Shelf, shelfOf(r, d.Kind))
	}
	d.remember()
}

// recall derives from its history what places it no longer, and whose figures
// of earlier days it is in.
func (d *organizationDoc) recall() {
	d.Once = nil
	was := map[string]bool{}
	o := d.organization()
	for _, t := range d.Terms {
		placed := []string{under(string(t.Parent))}
		for _, r := range o.within(t).around() {
			placed = append(placed, string(r))
		}
		for _, p := range placed {
			if p != "" && p != under(d.Parent) && !slices.Contains(d.Regions, p) {
				d.Once = append(d.Once, p)
			}
		}
		for _, root := range t.Path {
			if !slices.Contains(d.Path, string(root)) {
				was[shelfWas(string(root), d.Kind)] = true
			}
		}
	}
	slices.Sort(d.Once)
	d.Once = slices.Compact(d.Once)
	d.Shelf = append(d.Shelf, slices.Sorted(maps.Keys(was))...)
}

func filedUnder(province, occupation string) string { return province + "|" + occupation }

func shelfOf(root string, kind Kind) string {
	if kind == "" {
		return root
	}
	return root + "/" + string(kind)
}

// shelfWas holds who stood under a root once and does not now.
func shelfWas(root string, kind Kind) string { return root + "/was/" + string(kind) }

func (d organizationDoc) card(today kernel.Date) kernel.OrganizationCard {
	return d.organization().card(today)
}

func (o Organization) card(today kernel.Date) kernel.OrganizationCard {
	return kernel.OrganizationCard{
		ID: o.ID, Name: o.Name, Kind: string(o.Kind), Region: o.Region(), Path: o.Path,
		SmallCareHome: o.SmallCareHome, InHouseClinic: o.InHouseClinic, ApprovedBeds: o.ApprovedBeds, Closed: o.Closed(today), ClosedOn: o.ClosedOn,
		RegisteredOn: kernel.DateOf(o.RecordedAt), BlacklistedUntil: o.BlacklistedUntil(today), Stood: o.stood(),
	}
}

func (d commissionDoc) commission() Commission {
	return Commission{
		ID: d.ID, Institution: kernel.OrganizationID(d.Institution), School: kernel.OrganizationID(d.School),
		Period: kernel.Period{From: d.From, To: d.To}, RecordedAt: d.RecordedAt,
	}
}

func ids(texts []string) []kernel.OrganizationID {
	out := make([]kernel.OrganizationID, len(texts))
	for i, t := range texts {
		out[i] = kernel.OrganizationID(t)
	}
	return out
}
