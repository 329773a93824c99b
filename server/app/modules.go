package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"strconv"

	"carecert/modules/accounts"
	"carecert/modules/audit"
	"carecert/modules/certificates"
	"carecert/modules/hours"
	"carecert/modules/kernel"
	"carecert/modules/kit/access"
	"carecert/modules/kit/blob"
	"carecert/modules/kit/event"
	"carecert/modules/kit/imports"
	"carecert/modules/kit/job"
	"carecert/modules/kit/lease"
	"carecert/modules/kit/secret"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
	"carecert/modules/notifications"
	"carecert/modules/organizations"
	"carecert/modules/oversight"
	"carecert/modules/people"
	"carecert/modules/platforms"
	"carecert/modules/presentations"
	"carecert/modules/programmes"
	"carecert/modules/retention"
	"carecert/modules/spotchecks"
	"carecert/modules/statistics"
	"carecert/modules/surveys"
	"carecert/modules/training"
	"carecert/modules/witnesses"
)

// Modules are all modules, wired.
type Modules struct {
	Accounts      *accounts.Module
	Audit         *audit.Module
	Certificates  *certificates.Module
	Hours         *hours.Module
	Imports       *imports.Module
	Notifications *notifications.Module
	Organizations *organizations.Module
	Oversight     *oversight.Module
	People        *people.Module
	Platforms     *platforms.Module
	Presentations *presentations.Module
	Programmes    *programmes.Module
	Retention     *retention.Module
	SpotChecks    *spotchecks.Module
	Statistics    *statistics.Module
	Surveys       *surveys.Module
	Training      *training.Module
	Witnesses     *witnesses.Module
}

// house is what every module is built on.
type house struct {
	db      *store.DB
	machine kernel.Clock // times work
	clock   kernel.Clock // the domain's
	log     *slog.Logger
	ring    *secret.Keyring
	vault   *secret.Vault
	keys    *secret.Holder // keeps the ring up with its file
	bus     *event.Bus
	leases  *lease.Leases
	jobs    *job.Queue
	files   *blob.Files
	policy  *access.Policy
	guard   *web.Guard
	words   *web.Words
	demo    *store.Collection[demoDoc]
	baseURL string
	signing certificates.SigningKeys
	ways    witnesses.Carriers
}

// build makes the modules in the order in which they need each other.
func build(h house) (*Modules, error) {
	r, err := givenRules()
	if err != nil {
		return nil, err
	}
	speller, err := givenSpeller()
	if err != nil {
		return nil, err
	}
	m := &Modules{}
	m.Audit = audit.New(audit.Deps{DB: h.db, Clock: h.clock, Log: h.log, Keys: h.ring})
	log := m.Audit.Service
	m.Organizations = organizations.New(organizations.Deps{
		DB: h.db, Clock: h.clock, Facts: h.bus, Audit: log, Log: h.log, Regions: r.regions, Filing: r.filing, Speller: speller,
		Occupations: r.certificates.Numbers,
	})
	places := m.Organizations.Service
	m.Audit.Locate(places)
	m.People = people.New(people.Deps{
		DB: h.db, Clock: h.clock, Facts: h.bus, Audit: log, Log: h.log, Rules: r.people, Quality: r.quality, Notices: r.notices,
		Corrections: r.privacy, Organizations: places, Secrets: h.ring, Jobs: h.jobs, Speller: speller, Links: r.links, Careers: r.careers, BaseURL: h.baseURL,
	})
	register := m.People.Service
	m.Platforms = platforms.New(platforms.Deps{DB: h.db, Clock: h.clock, Audit: log, Rows: r.platforms})
	if m.Certificates, err = certificates.New(certificates.Deps{
		DB: h.db, Clock: h.clock, Log: h.log, Audit: log, Facts: h.bus, People: register, Organizations: places, Files: h.files, Jobs: h.jobs,
		Rules: r.certificates, House: r.templates, Wordings: r.wordings, Secrets: h.ring, SigningKeys: h.signing, Meter: m.Platforms.Service, BaseURL: h.baseURL, Words: h.words,
	}); err != nil {
		return nil, err
	}
	m.Presentations = presentations.New(presentations.Deps{
		DB: h.db, Clock: h.clock, Audit: log, Sealer: h.ring, Certificates: shownCertificates{m.Certificates.Service}, Rows: r.showing, BaseURL: h.baseURL,
	})
	m.Training = training.New(training.Deps{
		DB: h.db, Clock: h.clock, Facts: h.bus, Audit: log, Log: h.log, Rules: r.training, Reviews: r.reviews, People: register, Organizations: places,
		Certifier: certifier{m.Certificates.Service, h.words}, Keys: h.ring, Files: h.files, Sealer: h.ring, Standards: r.standards(), BaseURL: h.baseURL,
	})
	m.Surveys = surveys.New(surveys.Deps{DB: h.db, Clock: h.clock, Log: h.log, Audit: log, Organizations: places, Rows: r.surveys})
	m.Hours = hours.New(hours.Deps{
		DB: h.db, Clock: h.clock, Facts: h.bus, Audit: log, Log: h.log, Rules: r.hours, People: register, Organizations: places, Plans: plans{m.Training.Service},
		Certifier: certifier{m.Certificates.Service, h.words},
	})
	m.Statistics = statistics.New(statistics.Deps{
		DB: h.db, Clock: h.clock, Log: h.log, Audit: log, Organizations: places, People: register, Rows: r.rates, Quality: r.scores(),
		Standards: r.catalog, Coverage: r.coverage, SocialWorkers: r.social,
		Requirement: func(region kernel.RegionCode, on kernel.Date) (kernel.Minutes, string) {
			row, ok := kernel.Nearest(r.hours, region, on)
			if !ok {
				return 0, ""
			}
			return row.Required(), row.Stamp()
		},
	})
	m.Oversight = oversight.New(oversight.Deps{
		DB: h.db, Clock: h.clock, Audit: log, People: register, Organizations: places, Attendance: m.Training.Service,
		Radar: r.radar.Detectors, PensionAges: r.radar.PensionAges, Heads: heads{m.Certificates.Service}, BaseURL: h.baseURL, Log: h.log,
	})
	shown := carried{m.Certificates.Service, m.Presentations.Service}
	m.SpotChecks = spotchecks.New(spotchecks.Deps{
		DB: h.db, Clock: h.clock, Log: h.log, Audit: log, Organizations: places, Staff: register, Rate: m.Statistics.Service, Certificates: shown,
		Showings: shown, Rows: r.spotChecks,
	})
	m.Programmes = programmes.New(programmes.Deps{
		DB: h.db, Clock: h.clock, Audit: log, Organizations: places, Figures: m.Statistics.Service,
	})
	m.Statistics.Service.Programmes, m.Training.Service.Programmes = m.Programmes.Service, m.Programmes.Service
	if m.Accounts, err = accounts.New(accounts.Deps{
		DB: h.db, Clock: h.clock, Log: h.log, Audit: log, People: register, Organizations: places, Sealer: h.ring, Jobs: h.jobs, BaseURL: h.baseURL,
	}); err != nil {
		return nil, err
	}
	m.Audit.Recognize(m.Accounts.Service)
	h.guard.Authenticator, h.guard.Enforcer = gate{m.Accounts.Service, m.Platforms.Service}, h.policy
	h.guard.Expander, h.guard.Denials = expander{places, h.clock}, denials{log, h.log}
	if m.Imports, err = imports.New(imports.Deps{
		DB: h.db, Clock: h.clock, Log: h.log, Audit: log, Facts: h.bus, Files: h.files, Ring: h.ring, Jobs: h.jobs, Organizations: places,
		Permits: h.guard, Words: r.columns,
		Importers: []imports.Importer{m.People.Importer, m.Certificates.Importer(), m.Certificates.LevelImporter(), m.Organizations.Importer, m.Hours.Importer(), m.Training.Importer()},
	}); err != nil {
		return nil, err
	}
	// The register asks its neighbours what rests on a person; they were built
	// on it, so they are handed over last.
	register.Levels, register.Standing = m.Statistics.Service, m.Statistics.Service
	register.Parts = []people.RecordPart{m.Training.Record(), m.Training.Phones(), m.Training.OwnLearning(), m.Training.OwnLogbook(), m.Hours.Record(), m.Certificates.Record(), m.Certificates.Contests(), m.Presentations.Record(), m.Surveys.Record(), m.Oversight.Record(), m.SpotChecks.Record()}
	register.Chapters = []people.Chapter{m.Training.Record(), m.Hours.Record(), m.Certificates.Record(), m.Certificates.Honours()}
	register.Trail = trail{m}
	m.Training.Service.Levels, m.Training.Service.Tiers, m.Training.Service.Shortfalls = m.Statistics.Service, m.Hours.Service, m.Hours.Service
	m.Training.Service.Owners = owners{m.Accounts.Service, h.guard}
	m.Training.Service.Archive = archive{register, m.Imports.Service, m.Hours.Service, m.Certificates.Service, m.Surveys.Service}
	places.People, places.Classes = register, m.Training.Service
	register.Foundations = []people.Foundation{
		{Refusal: people.ErrTrainedSince, Of: m.Training.Record()},
		{Refusal: people.ErrHoursSince, Of: m.Hours.Record()},
		{Refusal: people.ErrCertifiedSince, Of: m.Certificates.Record()},
		{Refusal: people.ErrAccountSince, PersonOnly: true, Of: m.Accounts.Service},
	}
	register.Growths = []people.Growth{m.Training.Service, m.Certificates.Service}
	m.Notifications = notifications.New(notifications.Deps{DB: h.db, Clock: h.clock, People: register})
	m.Retention = retention.New(retention.Deps{DB: h.db, Clock: h.clock, Audit: log, Rows: r.periods, Kinds: kinds(
		m.Accounts.Service, m.Audit.Service, m.Certificates.Service, m.Imports.Service, m.Notifications.Service, m.People.Service, m.Presentations.Service, m.SpotChecks.Service, m.Surveys.Service, m.Training.Service, h.files,
	)})
	m.Witnesses = witnesses.New(witnesses.Deps{
		DB: h.db, Clock: h.clock, Log: h.log, Audit: log, Secrets: h.ring, Issuance: issuance{m.Certificates.Service}, Carriers: h.ways, Jobs: h.jobs,
		Leases: h.leases, Rows: r.witnesses, Say: bilingual(h.words), BaseURL: h.baseURL,
	})
	react(h.bus, m)
	return m, nil
}

// routes registers every module's paths.
func (m *Modules) routes(r *web.Router) {
	m.Accounts.Routes(r)
	m.Audit.Routes(r)
	m.Certificates.Routes(r)
	m.Hours.Routes(r)
	m.Imports.Routes(r)
	m.Notifications.Routes(r)
	m.Organizations.Routes(r)
	m.Oversight.Routes(r)
	m.People.Routes(r)
	m.Platforms.Routes(r)
	m.Presentations.Routes(r)
	m.Programmes.Routes(r)
	m.Retention.Routes(r)
	m.SpotChecks.Routes(r)
	m.Statistics.Routes(r)
	m.Surveys.Routes(r)
	m.Training.Routes(r)
	m.Witnesses.Routes(r)
}

// kinds gathers what modules keep for a time.
func kinds(of ...interface{ Aged() map[string]store.Aged }) map[string]store.Aged {
	out := map[string]store.Aged{}
	for _, m := range of {
		maps.Copy(out, m.Aged())
	}
	return out
}

// certifier lets training have its completions certified, and hours its years.
type certifier struct {
	certificates *certificates.Service
	words        *web.Words
}

// IssueCompletion implements training.Certifier.
func (c certifier) IssueCompletion(ctx context.Context, d training.Completion) (kernel.CertificateID, error) {
	return c.certificates.Issue(ctx, certificates.Draft{
		Family: certificates.FamilyTraining, Person: d.Person, Issuer: d.Provider, IssuedOn: d.On, Title: d.Title,
		Minutes: d.Minutes, PerHour: classHour, Tested: d.Score != nil, Class: d.Class, Source: "training:" + string(d.Class) + ":" + string(d.Person),
	})
}

// say is what stands on a certificate, which is written once: Chinese first.
func (c certifier) say(ctx context.Context, code string, params ...string) string {
	return web.Text(web.WithVoice(ctx, c.words, web.Chinese), code, params...)
}

// CertifyYear implements hours.Certifier.
func (c certifier) CertifyYear(ctx context.Context, y hours.YearProved) (kernel.CertificateID, error) {
	return c.certificates.Issue(ctx, certificates.Draft{
		Family: certificates.FamilyInServiceYear, Person: y.Person, Issuer: y.Issuer, IssuedOn: y.On,
		Title: c.say(ctx, "hours.proof_title", "year", strconv.Itoa(y.Year)), Minutes: y.Minutes, PerHour: y.PerHour,
	})
}

// Holds implements hours.Certifier.
func (c certifier) Holds(ctx context.Context, id kernel.CertificateID) (bool, error) {
	last, err := c.certificates.Latest(ctx, id)
	return err == nil && last.Status == certificates.StatusValid, err
}

// TakeBack implements hours.Certifier. It follows from a fact, however far
// whoever caused the fact may reach.
func (c certifier) TakeBack(ctx context.Context, id kernel.CertificateID, code string, params ...string) error {
	ctx = kernel.WithReach(ctx, kernel.Reach{Everywhere: true})
	last, err := c.certificates.Latest(ctx, id)
	if err != nil || last.Status != certificates.StatusValid {
		return err
	}
	_, err = c.certificates.Revoke(ctx, last.ID, c.say(ctx, code, params...))
	return err
}

// archive tells training what its neighbours know of a session's learners.
type archive struct {
	*people.Service
	imports      *imports.Service
	hours        *hours.Service
	certificates *certificates.Service
	surveys      *surveys.Service
}

// Opinion implements training.Archive.
func (a archive) Opinion(ctx context.Context, class kernel.ClassID) (training.Opinion, bool, error) {
	r, err := a.surveys.Of(ctx, class)
	if errors.Is(err, surveys.ErrUnknown) {
		return training.Opinion{}, false, nil
	}
	o := training.Opinion{Asked: r.Asked, Answered: r.Answered, Mean: r.Mean(), Least: r.Row.AnswersLeast}
	if r.State == surveys.StateOpen {
		o.Until = &r.ClosesAt
	}
	return o, err == nil, err
}

// CreditsOf implements training.Archive.
func (a archive) CreditsOf(ctx context.Context, people []kernel.PersonID) (map[kernel.PersonID]map[kernel.SessionID]kernel.Minutes, error) {
	return a.hours.CreditsOf(ctx, people)
}

// Numbers implements training.Archive.
func (a archive) Numbers(ctx context.Context, ids []kernel.CertificateID) (map[kernel.CertificateID]string, error) {
	return a.certificates.Numbers(ctx, ids)
}

// ImportFiles implements training.Archive.
func (a archive) ImportFiles(ctx context.Context, ids []string) (map[string]string, error) {
	found, err := a.imports.Named(ctx, ids)
	out := make(map[string]string, len(found))
	for _, i := range found {
		out[i.ID] = i.FileName
	}
	return out, err
}

// plans tells hours what is planned for people.
type plans struct{ training *training.Service }

// Planned implements hours.Plans.
func (p plans) Planned(ctx context.Context, people []kernel.PersonID, from, to kernel.Date) (map[kernel.PersonID][]hours.Planned, error) {
	found, err := p.training.Planned(ctx, people, from, to)
	out := make(map[kernel.PersonID][]hours.Planned, len(found))
	for who, all := range found {
		for _, x := range all {
			out[who] = append(out[who], hours.Planned{
				Session: x.Session.ID, Date: x.Session.Date(), StartsAt: x.Session.Plan.StartsAt, EndsAt: x.Session.Plan.EndsAt,
				Minutes: x.Session.Plan.Minutes, Mode: string(x.Session.Plan.Mode), Category: string(x.Class.Terms.Category),
				Counts: x.Class.Terms.CountsTowardInService, OrganiserTier: string(x.Class.Tier),
			})
		}
	}
	return out, err
}

// heads tells oversight what anybody may read of the issuance log.
type heads struct{ certificates *certificates.Service }

// Head implements oversight.Heads.
func (h heads) Head(ctx context.Context) (string, error) {
	head, err := h.certificates.LogHead(ctx)
	return head.Note, err
}

// expander lets a school reach the institutions that have commissioned it.
type expander struct {
	organizations *organizations.Service
	clock         kernel.Clock
}

// Expand implements web.Expander.
func (e expander) Expand(ctx context.Context, g kernel.Grant) ([]kernel.OrganizationID, error) {
	if g.Role != kernel.RoleSchool || g.Organization == "" {
		return nil, nil
	}
	return e.organizations.Commissioned(ctx, g.Organization, kernel.DateOf(e.clock.Now()))
}

// owners lets training ask how far a calendar's maker reaches now.
type owners struct {
	accounts *accounts.Service
	guard    *web.Guard
}

// ActingAs implements training.Owners.
func (o owners) ActingAs(ctx context.Context, user kernel.UserID, noun, verb string) (context.Context, bool, error) {
	actor, open, err := o.accounts.Acting(ctx, user)
	if err != nil || !open {
		return ctx, false, err
	}
	ctx = kernel.WithActor(ctx, actor)
	reach, may, err := o.guard.Reach(ctx, noun, verb)
	return kernel.WithReach(ctx, reach), may, err
}

// denials writes refused verbs and unknown ids into the operation log.
type denials struct {
	audit *audit.Service
	log   *slog.Logger
}

// Denied implements web.Denials.
func (d denials) Denied(ctx context.Context, p web.Permission, path string) {
	var org kernel.OrganizationID
	for _, g := range kernel.ActorFrom(ctx).Grants {
		if g.Organization != "" {
			org = g.Organization
			break
		}
	}
	act := kernel.Act{Verb: "denied", Noun: p.Noun, ID: path, Organization: org, Detail: map[string]string{"verb": p.Verb}}
	if err := d.audit.Record(ctx, act); err != nil && !errors.Is(err, context.Canceled) {
		d.log.ErrorContext(ctx, "refusal not recorded", "error", fmt.Errorf("audit: %w", err))
	}
}
