package hours

import (
	"context"
	"time"

	"carecert/modules/hours/rule"
	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

type handlers struct{ service *Service }

// Routes registers every route of the module.
func (m *Module) Routes(r *web.Router) {
	h := &handlers{m.Service}
	web.Get(r, "/people/{id}/hours", web.May("hours", "read"), h.readYear, web.Summary("A person's year of in-service training, with its verdict"))
	web.Get(r, "/people/{id}/hours/ledger", web.May("hours", "read"), h.readLedger, web.Summary("Every credit and reversal of a person's year"))
	h.exportRoutes(r) // before what takes any id
	h.claimRoutes(r)
	h.proofRoutes(r)
	web.Get(r, "/hours", web.May("hours", "list"), h.office, web.Summary("The people in reach and what they miss of the year"))
}

// said fills the words of reasons in the reader's language; never null.
func said(ctx context.Context, reasons []kernel.Reason) []kernel.Reason {
	if len(reasons) == 0 {
		return []kernel.Reason{}
	}
	web.Say(ctx, reasons)
	return reasons
}

func saidOne(ctx context.Context, r *kernel.Reason) *kernel.Reason {
	if r == nil {
		return nil
	}
	return &said(ctx, []kernel.Reason{*r})[0]
}

type readYearInput struct {
	ID      kernel.PersonID `path:"id" maxLength:"64"`
	Year    int             `query:"year" minimum:"1990" maximum:"2200" doc:"this year, unless stated"`
	AsOf    kernel.Date     `query:"asOf" format:"date" maxLength:"10" doc:"sessions up to that day"`
	KnownAt time.Time       `query:"knownAt" doc:"as it was known at that instant"`
}

type hoursEntryView struct {
	SessionID      kernel.SessionID      `json:"sessionId"`
	ClassID        kernel.ClassID        `json:"classId"`
	CourseID       kernel.CourseID       `json:"courseId"`
	Title          string                `json:"title"`
	ProviderID     kernel.OrganizationID `json:"providerId"`
	Category       string                `json:"category"`
	Mode           string                `json:"mode,omitempty" enum:"classroom,remote,onTheJob" doc:"absent where nobody said how it was learned"`
	Date           kernel.Date           `json:"date" format:"date"`
	SessionMinutes kernel.Minutes        `json:"sessionMinutes"`
	Minutes        kernel.Minutes        `json:"minutes" doc:"attended"`
	Credited       kernel.Minutes        `json:"credited" doc:"of the minutes attended, what counts"`
	Reason         *kernel.Reason        `json:"reason,omitempty" doc:"why less is credited than was attended"`
	Warnings       []kernel.Reason       `json:"warnings"`
	Source         string                `json:"source" enum:"scan,teacher,learning,logbook,import" doc:"learning: watched online; logbook: practised on the job; import: earned elsewhere, and imported says where"`
	Imported       *provenanceView       `json:"imported,omitempty"`
}

type provenanceView struct {
	ID           string     `json:"id" doc:"of GET /hours/imported/{id}"`
	ImportID     string     `json:"importId"`
	FileName     string     `json:"fileName"`
	ImportedBy   string     `json:"importedBy"`
	ImportedAt   time.Time  `json:"importedAt"`
	ProviderName string     `json:"providerName"`
	Timed        bool       `json:"timed" doc:"false: only the day is known"`
	Remark       string     `json:"remark,omitempty"`
	State        ClaimState `json:"state" enum:"claimed,confirmed,rejected,withdrawn"`
	DecidedBy    string     `json:"decidedBy,omitempty"`
	DecidedAt    *time.Time `json:"decidedAt,omitempty"`
	DecidedWhy   string     `json:"decidedWhy,omitempty"`
}

func viewProvenance(y Year, l Line) *provenanceView {
	p := l.Imported
	if p == nil {
		return nil
	}
	return &provenanceView{
		ID: presenceID(l.Session, y.Person), ImportID: p.Import, FileName: p.File, ImportedBy: p.ByName, ImportedAt: p.At,
		ProviderName: p.Provider, Timed: p.Timed, Remark: p.Remark, State: p.State, DecidedBy: p.DecidedName, DecidedAt: p.DecidedAt,
		DecidedWhy: p.DecidedWhy,
	}
}

type hoursForecastView struct {
	Minutes    kernel.Minutes `json:"minutes" doc:"credited, and what the sessions planned in one's classes would add: one at a time, within the limits of the rule"`
	ClassHours string         `json:"classHours"`
	Enough     bool           `json:"enough"`
}

func viewForecast(a Account) *hoursForecastView {
	if a.Forecast == nil {
		return nil
	}
	return &hoursForecastView{
		Minutes: *a.Forecast, ClassHours: a.Forecast.ClassHours(a.Row.MinutesPerClassHour), Enough: a.outlook() == WillMeet,
	}
}

type hoursYearView struct {
	PersonID        kernel.PersonID    `json:"personId"`
	Year            int                `json:"year"`
	RequiredMinutes kernel.Minutes     `json:"requiredMinutes"`
	CreditedMinutes kernel.Minutes     `json:"creditedMinutes"`
	MissingMinutes  kernel.Minutes     `json:"missingMinutes"`
	ByMode          byModeView         `json:"byMode"`
	ClassHours      string             `json:"classHours"`
	PerClassHour    kernel.Minutes     `json:"minutesPerClassHour"`
	Status          string             `json:"status" enum:"met,inProgress,short,notSubject"`
	Reasons         []kernel.Reason    `json:"reasons"`
	Entries         []hoursEntryView   `json:"entries"`
	Forecast        *hoursForecastView `json:"forecast,omitempty"`
	RuleVersion     string             `json:"ruleVersion"`
	Proof           *proofView         `json:"proof,omitempty" doc:"the year's certificate, where one was issued and stands"`
}

func viewYear(ctx context.Context, a Account) hoursYearView {
	y := a.Year
	v := hoursYearView{
		PersonID: y.Person, Year: y.Year, RequiredMinutes: a.Row.Required(), CreditedMinutes: y.Credited,
		MissingMinutes: y.Missing, ByMode: viewByMode(y), ClassHours: y.Credited.ClassHours(a.Row.MinutesPerClassHour),
		PerClassHour: a.Row.MinutesPerClassHour, Status: a.Verdict.Outcome, Reasons: said(ctx, a.Verdict.Reasons),
		RuleVersion: a.Verdict.RuleVersion, Entries: []hoursEntryView{}, Proof: viewProof(a.proofOf()), Forecast: viewForecast(a),
	}
	for _, l := range y.Lines {
		v.Entries = append(v.Entries, hoursEntryView{
			SessionID: l.Session, ClassID: l.Class, CourseID: l.Course, Title: l.CourseTitle, ProviderID: l.Provider,
			Category: l.Category, Mode: l.Mode, Date: l.Date, SessionMinutes: l.Planned, Minutes: l.Attended, Credited: l.Credited,
			Reason: saidOne(ctx, l.Reason), Warnings: said(ctx, l.Warnings), Source: l.Source,
			Imported: viewProvenance(y, l),
		})
	}
	return v
}

func (h *handlers) readYear(ctx context.Context, in *readYearInput) (*web.Body[hoursYearView], error) {
	a, err := h.service.YearOf(ctx, in.ID, h.year(in.Year), Moment{AsOf: in.AsOf, KnownAt: in.KnownAt})
	if err != nil {
		return nil, err
	}
	return web.Answer(viewYear(ctx, a)), nil
}

func (h *handlers) year(asked int) int {
	if asked != 0 {
		return asked
	}
	return kernel.DateOf(h.service.now()).Year()
}

type readLedgerInput struct {
	ID   kernel.PersonID `path:"id" maxLength:"64"`
	Year int             `query:"year" minimum:"1990" maximum:"2200" doc:"this year, unless stated"`
}

type ledgerEntryView struct {
	ID         string           `json:"id"`
	Kind       EntryKind        `json:"kind" enum:"credit,reversal,note"`
	Minutes    kernel.Minutes   `json:"minutes" doc:"negative in a reversal"`
	SessionID  kernel.SessionID `json:"sessionId"`
	ClassID    kernel.ClassID   `json:"classId"`
	Title      string           `json:"title"`
	Mode       string           `json:"mode,omitempty" enum:"classroom,remote,onTheJob"`
	Date       kernel.Date      `json:"date" format:"date"`
	Reason     *kernel.Reason   `json:"reason,omitempty"`
	Cause      string           `json:"cause" doc:"the fact that led to it"`
	RecordedAt time.Time        `json:"recordedAt"`
}

func (h *handlers) readLedger(ctx context.Context, in *readLedgerInput) (*web.Body[web.List[ledgerEntryView]], error) {
	entries, err := h.service.Ledger(ctx, in.ID, h.year(in.Year))
	if err != nil {
		return nil, err
	}
	items := make([]ledgerEntryView, 0, len(entries))
	for _, e := range entries {
		items = append(items, ledgerEntryView{
			ID: e.ID, Kind: e.Kind, Minutes: e.Minutes, SessionID: e.Line.Session, ClassID: e.Line.Class,
			Title: e.Line.CourseTitle, Mode: e.Line.Mode, Date: e.Line.Date, Reason: saidOne(ctx, e.Line.Reason), Cause: e.Cause,
			RecordedAt: e.RecordedAt,
		})
	}
	return web.Answer(web.NewList(items, "", int64(len(items)), false)), nil
}

// OfficeInput is exported for huma, which reads the fields of exported embedded
// types only.
type OfficeInput struct {
	web.PageInput
	OrganizationID kernel.OrganizationID `query:"organizationId" maxLength:"64"`
	Year           int                   `query:"year" minimum:"1990" maximum:"2200" doc:"this year, unless stated"`
	Status         string                `query:"status" enum:"met,inProgress,short,notSubject"`
	Outlook        Outlook               `query:"outlook" enum:"willMiss,willMeet" doc:"of years in progress, what they come to with what is planned"`
	Sort           string                `query:"sort" enum:"missing,-missing" default:"-missing" doc:"-missing: who misses most first"`
}

type officeHoursView struct {
	PersonID        kernel.PersonID         `json:"personId"`
	Name            string                  `json:"name"`
	IDNumberMasked  string                  `json:"idNumberMasked"`
	OrganizationIDs []kernel.OrganizationID `json:"organizationIds" doc:"last employers in the year"`
	Year            int                     `json:"year"`
	RequiredMinutes kernel.Minutes          `json:"requiredMinutes"`
	CreditedMinutes kernel.Minutes          `json:"creditedMinutes"`
	MissingMinutes  kernel.Minutes          `json:"missingMinutes"`
	ByMode          byModeView              `json:"byMode"`
	ClassHours      string                  `json:"classHours"`
	PerClassHour    kernel.Minutes          `json:"minutesPerClassHour"`
	Status          string                  `json:"status" enum:"met,inProgress,short,notSubject"`
	OnPostFrom      kernel.Date             `json:"onPostFrom,omitempty" format:"date"`
	OnPostTo        kernel.Date             `json:"onPostTo,omitempty" format:"date"`
	PartYear        bool                    `json:"partYear" doc:"not on post all year"`
	Forecast        *hoursForecastView      `json:"forecast,omitempty" doc:"of a year in progress"`
	RuleVersion     string                  `json:"ruleVersion"`
}

func viewOffice(l OfficeLine) officeHoursView {
	y, row := l.Account.Year, l.Account.Row
	v := officeHoursView{
		PersonID: y.Person, Name: l.Card.Name, IDNumberMasked: l.Card.IDNumberMasked, OrganizationIDs: y.Employers,
		Year: y.Year, RequiredMinutes: row.Required(), CreditedMinutes: y.Credited, MissingMinutes: y.Missing,
		ByMode: viewByMode(y), ClassHours: y.Credited.ClassHours(row.MinutesPerClassHour), PerClassHour: row.MinutesPerClassHour, Status: l.Account.Verdict.Outcome,
		RuleVersion: l.Account.Verdict.RuleVersion, Forecast: viewForecast(l.Account),
	}
	if y.OnPost != nil {
		v.OnPostFrom, v.OnPostTo, v.PartYear = y.OnPost.From, y.OnPost.To, *y.OnPost != rule.YearOf(y.Year)
	}
	if v.OrganizationIDs == nil {
		v.OrganizationIDs = []kernel.OrganizationID{}
	}
	return v
}

func (h *handlers) office(ctx context.Context, in *OfficeInput) (*web.Body[web.List[officeHoursView]], error) {
	l, err := h.service.Office(ctx, OfficeFilter{
		Organization: in.OrganizationID, Year: h.year(in.Year), Status: in.Status, Outlook: in.Outlook, LeastFirst: in.Sort == "missing",
	}, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	items := make([]officeHoursView, 0, len(l.Items))
	for _, x := range l.Items {
		items = append(items, viewOffice(x))
	}
	return web.Answer(web.NewList(items, l.Next, l.Total, l.More)), nil
}
