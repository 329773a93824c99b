package people

import (
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/pinyin"
	"carecert/modules/kit/store"
	"carecert/modules/people/rule"
)

// everybody stands on every reach and shelf: the list of who reaches
// everywhere is then a query like any other.
const everybody = "*"

// Purposes of sealing.
const (
	purposeNumber = "people.idNumber"
	purposePhone  = "people.phone"
)

type personDoc struct {
	store.Doc   `bson:",inline"`
	Name        string      `bson:"name"`
	IDType      rule.IDType `bson:"idType"`
	IDSealed    string      `bson:"idSealed"`
	IDBlind     string      `bson:"idBlind"`
	IDMasked    string      `bson:"idMasked"`
	Birth       kernel.Date `bson:"birth,omitempty"`
	Gender      string      `bson:"gender,omitempty"`
	GenderSaid  string      `bson:"genderSaid,omitempty"` // what a sender's file said, where the number tells another
	PhoneSealed string      `bson:"phoneSealed,omitempty"`
	PhoneBlind  string      `bson:"phoneBlind,omitempty"`
	PhoneMasked string      `bson:"phoneMasked,omitempty"`
	Education   Education   `bson:"education,omitempty"`
	Major       string      `bson:"major,omitempty"`
	Kinds       []Kind      `bson:"kinds"`
	Career      Career      `bson:"career"`
	Registrar   []string    `bson:"registrar,omitempty"`
	Granted     []string    `bson:"granted,omitempty"`
	// GrantedOn is the day of the latest enrolment by each of them.
	GrantedOn   map[kernel.OrganizationID]kernel.Date `bson:"grantedOn,omitempty"`
	PreJobOn    kernel.Date                           `bson:"preJobOn,omitempty"`
	PreJobClass string                                `bson:"preJobClass,omitempty"`
	NamesOnce   []FormerName                          `bson:"namesOnce,omitempty"`
	NumbersOnce []formerNumber                        `bson:"numbersOnce,omitempty"`
	Aliases     []string                              `bson:"aliases,omitempty"` // names of records that were merged into this one
	Blinds      []string                              `bson:"blinds,omitempty"`  // their identities, and former ones: still found
	MergedInto  string                                `bson:"mergedInto,omitempty"`
	MergedAt    *time.Time                            `bson:"mergedAt,omitempty"`
	Import      string                                `bson:"import,omitempty"`  // the one that made the document
	Imports     []string                              `bson:"imports,omitempty"` // the ones that left something in it
	Handled     bool                                  `bson:"handled,omitempty"` // somebody worked on it by hand
	Twinned     bool                                  `bson:"twinned,omitempty"` // findings name this record
	RecordedAt  time.Time                             `bson:"recordedAt"`
	Consent     *ConsentStanding                      `bson:"consent,omitempty"` // the latest word; all words are rows of their own
	// OpenCorrections counts the requests that follow the person's reach.
	OpenCorrections int `bson:"openCorrections,omitempty"`

	Sort       string      `bson:"sort"`
	Characters string      `bson:"characters"`
	Initials   string      `bson:"initials"`
	Parts      []string    `bson:"parts,omitempty"`  // of the name, behind its beginning, and what former names are found by
	Within     []string    `bson:"within,omitempty"` // each of them under each of the reach
	Reach      []string    `bson:"reach"`
	Shelf      []string    `bson:"shelf"`
	Open       []string    `bson:"open,omitempty"`      // where somebody is on post without a last day
	Since      kernel.Date `bson:"since,omitempty"`     // the first day on which they were in all of these
	RefreshOn  kernel.Date `bson:"refreshOn,omitempty"` // reach and shelf hold until the day before
}

// identityDoc makes an identity number unique: its id is the blind index. A
// number that was corrected stays with its person: found, and not free for a
// second record of them; whoever rightly bears it takes it over.
type identityDoc struct {
	store.Doc `bson:",inline"`
	Person    string `bson:"person"`
	Former    bool   `bson:"former,omitempty"`
}

// formerNumber is an identity number that was found to be wrong.
type formerNumber struct {
	Type   rule.IDType `bson:"type"`
	Sealed string      `bson:"sealed"`
	Masked string      `bson:"masked"`
	Until  kernel.Date `bson:"until"` // the day of the correction
}

// claimDoc lets an organisation give a post to somebody out of its reach whom
// it could name and number.
type claimDoc struct {
	store.Doc `bson:",inline"`
	Until     time.Time `bson:"until"`
}

// mergeDoc remembers what a merge took over, so that it can be undone: what it
// added to lists, and which fields the record that stayed had empty. Nothing
// in it is personal; the record that went keeps its own.
type mergeDoc struct {
	store.Doc     `bson:",inline"`
	Kept          string      `bson:"kept"`
	Gone          string      `bson:"gone"`
	At            time.Time   `bson:"at"`
	By            string      `bson:"by"`
	Reason        string      `bson:"reason"`
	Spells        []string    `bson:"spells,omitempty"` // the record that stayed had these itself
	Aliases       []string    `bson:"aliases,omitempty"`
	Granted       []string    `bson:"granted,omitempty"`
	Kinds         []Kind      `bson:"kinds,omitempty"`
	Imports       []string    `bson:"imports,omitempty"`
	GoneImports   []string    `bson:"goneImports,omitempty"`
	TookPhone     bool        `bson:"tookPhone"`
	TookBirth     bool        `bson:"tookBirth"`
	TookEducation bool        `bson:"tookEducation"`
	TookRegistrar bool        `bson:"tookRegistrar"`
	PreJobOn      kernel.Date `bson:"preJobOn,omitempty"` // of the record that stayed, before and after
	PreJobClass   string      `bson:"preJobClass,omitempty"`
	PreJobAfter   string      `bson:"preJobAfter,omitempty"`
	UndoneAt      *time.Time  `bson:"undoneAt,omitempty"`
	UndoneBy      string      `bson:"undoneBy,omitempty"`
	UndoneFor     string      `bson:"undoneFor,omitempty"`
}

// twinsDoc is a finding that two records look like one person; _id first~second.
type twinsDoc struct {
	store.Doc `bson:",inline"`
	A         string     `bson:"a"`
	B         string     `bson:"b"`
	People    []string   `bson:"people"`
	Grounds   []Ground   `bson:"grounds"`
	State     TwinState  `bson:"state"`
	FoundAt   time.Time  `bson:"foundAt"`
	Reason    string     `bson:"reason,omitempty"`
	By        string     `bson:"by,omitempty"`
	DecidedAt *time.Time `bson:"decidedAt,omitempty"`
	Shelf     []string   `bson:"shelf,omitempty"` // who has both in reach, while it is open
}

func (d twinsDoc) read() Twins {
	return Twins{ID: d.ID, A: kernel.PersonID(d.A), B: kernel.PersonID(d.B), Grounds: d.Grounds, State: d.State, FoundAt: d.FoundAt}
}

func (d twinsDoc) other(id string) string {
	if d.A == id {
		return d.B
	}
	return d.A
}

type collections struct {
	transfers   *store.Collection[transferDoc]
	links       *store.Collection[linkDoc]
	twins       *store.Collection[twinsDoc]
	merges      *store.Collection[mergeDoc]
	persons     *store.Collection[personDoc]
	identities  *store.Collection[identityDoc]
	claims      *store.Collection[claimDoc]
	quality     *store.Collection[qualityDoc]
	reminders   *store.Collection[reminderDoc]
	consents    *store.Collection[consentDoc]
	mends       *store.Collection[mendDoc]
	corrections *store.Collection[correctionDoc]
}

func open(db *store.DB) collections {
	return collections{
		links: openLinks(db), transfers: openTransfers(db),
		twins: store.Open[twinsDoc](db, store.Spec{Name: "people_twins", Indexes: []store.Index{
			{Name: "shelf", Fields: []string{"shelf", "foundAt"}, Many: "shelf"},
			{Name: "people", Fields: []string{"people"}, Many: "people"},
		}}),
		merges: store.Open[mergeDoc](db, store.Spec{Name: "people_merges", Indexes: []store.Index{
			{Name: "kept", Fields: []string{"kept", "at"}},
			{Name: "gone", Fields: []string{"gone", "at"}},
		}}),
		persons: store.Open[personDoc](db, store.Spec{Name: "people_persons", Indexes: []store.Index{
			{Name: "shelf", Fields: []string{"shelf", "sort"}, Many: "shelf"},
			{Name: "open", Fields: []string{"open", "since"}, Many: "open"},
			{Name: "characters", Fields: []string{"reach", "characters"}, Many: "reach"},
			{Name: "initials", Fields: []string{"reach", "initials"}, Many: "reach"},
			{Name: "within", Fields: []string{"within", "sort"}, Many: "within"},
			{Name: "nameBirth", Fields: []string{"name", "birth"}, Where: "birth"},
			{Name: "phone", Fields: []string{"phoneBlind"}, Where: "phoneBlind"},
			{Name: "refreshOn", Fields: []string{"refreshOn"}, Where: "refreshOn"},
			{Name: "imports", Fields: []string{"imports"}, Many: "imports"},
		}}),
		identities:  store.Open[identityDoc](db, store.Spec{Name: "people_identities"}),
		claims:      store.Open[claimDoc](db, store.Spec{Name: "people_claims"}),
		quality:     openQuality(db),
		reminders:   openReminders(db),
		consents:    openConsents(db),
		mends:       openMends(db),
		corrections: openCorrections(db),
	}
}

func (d personDoc) person() Person {
	return Person{
		ID: kernel.PersonID(d.ID), Name: d.Name, IDType: d.IDType, IDMasked: d.IDMasked, Birth: d.Birth, Gender: d.Gender,
		Phone: d.PhoneMasked, Education: d.Education, Major: d.Major, Kinds: d.Kinds, Career: d.Career,
		Registrar: ids(d.Registrar), Granted: ids(d.Granted), GrantedOn: d.GrantedOn, PreJobOn: d.PreJobOn, RecordedAt: d.RecordedAt, Stored: d.Version,
		Consent: d.Consent, NamesOnce: d.NamesOnce, Aliases: d.Aliases,
	}
}

// mostFormer is how many former names somebody is found by, the latest.
const mostFormer = 4

// spell derives what the names are looked up by.
func (d *personDoc) spell(s *pinyin.Speller) {
	k := s.Person(d.Name)
	d.Characters, d.Initials, d.Sort, d.Parts = k.Characters, k.Initials, k.Sort(), k.Within()
	others := d.otherNames()
	for _, once := range others[max(0, len(others)-mostFormer):] {
		for _, key := range s.Person(once).Formerly(k) {
			if !slices.Contains(d.Parts, key) {
				d.Parts = append(d.Parts, key)
			}
		}
	}
}

// The shelves of lists, per organisation.
const (
	shelfOnPost    = "/onPost"
	shelfLeft      = "/left"
	shelfUntrained = "/untrained" // on duty without passed pre-job training
	shelfLinked    = "/linked"    // had to do with the organisation itself, at any time
	shelfGone      = "/gone"      // left the organisation, which reads them no more; its overseers do
	shelfKind      = "/kind/"     // registered as
)

// called tells whether the person is or was registered under the name.
func (d personDoc) called(name string) bool {
	return d.Name == name || slices.Contains(d.otherNames(), name)
}

func (d personDoc) otherNames() []string { return d.person().otherNames() }

// arrange derives the reach and the shelves as of a day; untrained is what the
// pre-job gate says, row how long former employers read. A record that was
// merged into another stands on none.
func (d *personDoc) arrange(today kernel.Date, untrained bool, row rule.CareerRow) {
	if d.MergedInto != "" {
		d.Reach, d.Shelf, d.RefreshOn, d.PhoneBlind, d.Imports = nil, nil, "", "", nil
		d.Open, d.Since, d.Within = nil, "", nil
		return
	}
	p := d.person()
	d.Reach = append(texts(p.Reach(today)), everybody)
	d.Shelf = slices.Clone(d.Reach)
	for _, o := range d.Reach {
		d.Shelf = append(d.Shelf, o+d.Consent.shelf())
		for _, k := range d.Kinds {
			d.Shelf = append(d.Shelf, o+shelfKind+string(k))
		}
	}
	for _, e := range p.Career.Latest() {
		if !e.OnPost(today) {
			continue
		}
		for _, o := range append(texts(e.Path), everybody) {
			d.Shelf = append(d.Shelf, o+shelfOnPost, o+shelfOnPost+"/"+string(e.Role), o+d.Consent.shelf()+shelfOnPost)
			if untrained {
				d.Shelf = append(d.Shelf, o+shelfUntrained, o+shelfUntrained+"/"+string(e.Role))
			}
		}
	}
	former := p.Former(today, row)
	named := d.leave(today, former)
	for _, o := range p.linked() {
		d.Shelf = append(d.Shelf, string(o)+shelfLinked)
		if !slices.Contains(d.Reach, string(o)) {
			named = append(named, string(o)+shelfLinked)
		}
	}
	d.serve(p, former)
	d.Reach = append(d.Reach, named...)
	d.Within = nil
	for _, o := range d.Reach {
		for _, part := range d.Parts {
			d.Within = append(d.Within, within(o, part))
		}
	}
	slices.Sort(d.Shelf)
	d.Shelf = slices.Compact(d.Shelf)
	d.RefreshOn = p.refreshOn(today, row)
}

// within is how a part of a name is kept under a token of the reach.
func within(token, part string) string { return token + "|" + part }

// leave puts somebody on the shelf of leavers of every organisation that they
// have left, whether they are on post elsewhere or not, and gives the shelves
// by which former employers find them by name.
func (d *personDoc) leave(today kernel.Date, former []kernel.OrganizationID) (named []string) {
	here, left := map[string]bool{}, map[string][]string{} // the latter by organisation, with the roles
	for _, e := range d.Career.Latest() {
		for _, o := range append(texts(e.Path), everybody) {
			if e.Period.To >= today {
				here[o] = true
			} else {
				left[o] = append(left[o], string(e.Role))
			}
		}
	}
	for o, roles := range left {
		if here[o] {
			continue
		}
		shelf := o + shelfGone
		if slices.Contains(d.Reach, o) || slices.Contains(former, kernel.OrganizationID(o)) {
			shelf = o + shelfLeft
		}
		d.Shelf = append(d.Shelf, shelf)
		for _, role := range roles {
			d.Shelf = append(d.Shelf, shelf+"/"+role)
		}
	}
	for _, o := range texts(former) {
		named = append(named, o+shelfLeft)
	}
	return named
}

func (d personDoc) card(today kernel.Date, row rule.CareerRow) kernel.PersonCard {
	p := d.person()
	return kernel.PersonCard{
		ID: kernel.PersonID(d.ID), Name: d.Name, NameMasked: rule.MaskName(d.Name), IDType: string(d.IDType), IDNumberMasked: d.IDMasked, Formerly: d.otherNames(),
		BirthDate: d.Birth, Gender: d.Gender, Reach: p.Reach(today), Keepers: p.Keepers(today, row), Former: p.Former(today, row),
		Merged: kernel.PersonID(d.MergedInto), Kinds: texts(d.Kinds),
	}
}

func ids(texts []string) []kernel.OrganizationID {
	out := make([]kernel.OrganizationID, len(texts))
	for i, t := range texts {
		out[i] = kernel.OrganizationID(t)
	}
	return out
}

func texts[T ~string](ids []T) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return out
}
