package training

import (
	"context"
	"fmt"
	"slices"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/store"
)

// Archive is what the training file asks of neighbours, whoever asks.
type Archive interface {
	// SpellsOf are the careers of people, all versions.
	SpellsOf(ctx context.Context, people []kernel.PersonID) (map[kernel.PersonID][]kernel.Spell, error)
	// CreditsOf are the minutes that sessions credited to people.
	CreditsOf(ctx context.Context, people []kernel.PersonID) (map[kernel.PersonID]map[kernel.SessionID]kernel.Minutes, error)
	// Numbers are the numbers of certificates.
	Numbers(ctx context.Context, ids []kernel.CertificateID) (map[kernel.CertificateID]string, error)
	// ImportFiles are the names of the files of imports.
	ImportFiles(ctx context.Context, ids []string) (map[string]string, error)
	// Opinion is what the survey of a class may tell; false where none was held.
	Opinion(ctx context.Context, class kernel.ClassID) (Opinion, bool, error)
	// RecordLink is a link to a person's record, for a printed page, and the day
	// until which it opens.
	RecordLink(ctx context.Context, person kernel.PersonID, year int) (text string, until kernel.Date, err error)
}

// Opinion is what the survey of a class may tell, whoever asks; false where
// none was held.
func (s *Service) Opinion(ctx context.Context, class kernel.ClassID) (Opinion, bool, error) {
	return s.Archive.Opinion(ctx, class)
}

// filePage is how many learners of a class are read at once.
const filePage = 50

// learner is what is read of a person for the lines of a file.
type learner struct {
	card    kernel.PersonCard
	spells  []kernel.Spell
	credits map[kernel.SessionID]kernel.Minutes
}

func (s *Service) learners(ctx context.Context, people []kernel.PersonID) (map[kernel.PersonID]learner, error) {
	cards, err := s.People.Cards(ctx, people)
	if err != nil {
		return nil, fmt.Errorf("cards: %w", err)
	}
	spells, err := s.Archive.SpellsOf(ctx, people)
	if err != nil {
		return nil, fmt.Errorf("careers: %w", err)
	}
	credits, err := s.Archive.CreditsOf(ctx, people)
	if err != nil {
		return nil, fmt.Errorf("credits: %w", err)
	}
	out := make(map[kernel.PersonID]learner, len(people))
	for _, p := range people {
		out[p] = learner{cards[p], spells[p], credits[p]}
	}
	return out, nil
}

// PersonFile reads the training file of a person: of a year, or of all years.
// A school reads of its own classes only.
func (s *Service) PersonFile(ctx context.Context, p kernel.PersonID, year int) (PersonFile, error) {
	f := PersonFile{Year: year, At: s.now(), Names: map[kernel.OrganizationID]string{}}
	card, err := s.People.Card(ctx, p)
	for err == nil && card.Merged != "" {
		card, err = s.People.Card(ctx, card.Merged)
	}
	if fault.Missing(err) || (err == nil && !kernel.ReachFrom(ctx).CoversPerson(card.ID, card.Reach)) {
		return f, ErrPersonUnknown
	} else if err != nil {
		return f, fmt.Errorf("read card of %s: %w", p, err)
	}
	f.Card = card
	ids, err := s.enrolledIn(ctx, card.ID)
	if err != nil {
		return f, err
	}
	docs, err := s.docs.classes.GetMany(ctx, ids)
	if err != nil {
		return f, err
	}
	who, err := s.learners(ctx, []kernel.PersonID{card.ID})
	if err != nil {
		return f, err
	}
	schoolOnly := onlySchool(kernel.ActorFrom(ctx))
	for _, d := range docs {
		c := d.class()
		if !c.Opened() || (schoolOnly && !provides(ctx, c.ProviderPath)) || (year != 0 && (c.StartsOn.Year() > year || c.EndsOn.Year() < year-1)) {
			continue
		}
		held, err := s.heldOf(ctx, c.ID, year)
		if err != nil {
			return f, err
		}
		lines, err := s.lines(ctx, c, held, []kernel.PersonID{card.ID}, who)
		if err != nil {
			return f, err
		}
		f.Lines = append(f.Lines, lines...)
	}
	slices.SortStableFunc(f.Lines, func(a, b FileLine) int { return a.Session.Plan.StartsAt.Compare(b.Session.Plan.StartsAt) })
	return f, s.complete(ctx, f.Lines, f.Names)
}

func onlySchool(a kernel.Actor) bool {
	return len(a.Grants) > 0 && !slices.ContainsFunc(a.Grants, func(g kernel.Grant) bool { return g.Role != kernel.RoleSchool })
}

// heldOf are the closed sessions of a class, of a year or of all.
func (s *Service) heldOf(ctx context.Context, class kernel.ClassID, year int) ([]Session, error) {
	all, err := s.docs.sessionsOf(ctx, class)
	return slices.DeleteFunc(all, func(x Session) bool { return !x.Held() || (year != 0 && x.Date().Year() != year) }), err
}

// lines are the lines of some learners of a class: one for each session that
// they have any proof of.
func (s *Service) lines(ctx context.Context, c Class, held []Session, people []kernel.PersonID, who map[kernel.PersonID]learner) (out []FileLine, err error) {
	ids := make([]string, 0, len(held)*len(people))
	for _, p := range people {
		for _, x := range held {
			ids = append(ids, attendanceID(x.ID, p))
		}
	}
	docs, err := s.docs.attendance.GetMany(ctx, ids)
	if err != nil {
		return nil, err
	}
	proofs := make(map[string]Attendance, len(docs))
	for _, d := range docs {
		proofs[d.ID] = d.attendance()
	}
	found, err := s.provenBy(ctx, c, held, people)
	if err != nil {
		return nil, err
	}
	for _, p := range people {
		var seat Seat
		if i := c.seat(p); i >= 0 {
			seat = c.Seats[i]
		}
		for _, x := range held {
			a, proved := proofs[attendanceID(x.ID, p)]
			other, learned := found[attendanceID(x.ID, p)]
			if !proved && !learned {
				continue
			}
			if learned {
				a.Session, a.Class, a.Person = x.ID, c.ID, p
				a = a.with(other)
			}
			row, err := s.row(x.Region, x.Date())
			if err != nil {
				return nil, err
			}
			l := FileLine{
				Card: who[p].card, Employer: employerOn(who[p].spells, x.Date()), Class: c, Session: x, Proof: a, Held: standing(row, x, a),
				Flaw: flawReason(row.Examine(x.Span(), a.Presence())), Score: seat.Score, Parts: seat.Parts, Result: seat.Result, CertID: seat.Certificate,
			}
			if n := len(seat.Scorings); n > 0 && seat.Score != nil {
				l.Scores = seat.Scorings[n-1].Import
			}
			if w := a.LastWord(); w != nil && w.Sheet != "" {
				l.Sheet = &Sheet{ID: w.Sheet, Session: x.ID}
			}
			if x.Plan.Mode == ModeOnTheJob {
				l.Entries = len(a.Stretches)
			}
			if l.Flaw == nil {
				l.Present = l.Held.attended(x)
			}
			if n, ok := who[p].credits[x.ID]; ok {
				l.Credited = &n
			}
			out = append(out, l)
		}
	}
	return out, nil
}

// provenBy are the stretches that prove the presence of some learners in the
// sessions that are not held in a class room, by attendance id.
func (s *Service) provenBy(ctx context.Context, c Class, held []Session, people []kernel.PersonID) (map[string]proven, error) {
	out, at := map[string]proven{}, map[kernel.SessionID]Session{}
	var remote []string
	onTheJob := false
	for _, x := range held {
		at[x.ID] = x
		onTheJob = onTheJob || x.Plan.Mode == ModeOnTheJob
		for _, p := range people {
			if x.Plan.Mode == ModeRemote {
				remote = append(remote, attendanceID(x.ID, p))
			}
		}
	}
	docs, err := s.docs.learning.GetMany(ctx, remote)
	if err != nil {
		return nil, fmt.Errorf("learning online: %w", err)
	}
	for _, d := range docs {
		l := d.read()
		out[d.ID] = proven{as: l.As, stretches: l.Settle(s.settledAt(at[l.Session])).Counted(), changedAt: l.ChangedAt}
	}
	for _, p := range people {
		if !onTheJob {
			break
		}
		entries, err := s.docs.logEntries(ctx, store.Query{Index: "by_class", Equal: []any{string(c.ID), string(p)}})
		if err != nil {
			return nil, fmt.Errorf("logbook: %w", err)
		}
		for _, e := range entries {
			if x, known := at[e.Session]; known && x.Plan.Mode == ModeOnTheJob {
				out[attendanceID(e.Session, p)] = out[attendanceID(e.Session, p)].and(e)
			}
		}
	}
	return out, nil
}

// complete fills in what lines name by id only: the numbers of certificates,
// the names of employers, the papers and files that they come from.
func (s *Service) complete(ctx context.Context, lines []FileLine, names map[kernel.OrganizationID]string) error {
	var certificates []kernel.CertificateID
	var orgs []kernel.OrganizationID
	var sheets, imports []string
	for _, l := range lines {
		if l.Sheet != nil {
			sheets = append(sheets, l.Sheet.ID)
		}
		if l.Scores != "" {
			imports = append(imports, l.Scores)
		}
		if l.CertID != "" {
			certificates = append(certificates, l.CertID)
		}
		if _, known := names[l.Employer]; l.Employer != "" && !known {
			orgs = append(orgs, l.Employer)
		}
	}
	numbers, err := s.Archive.Numbers(ctx, slices.Compact(slices.Sorted(slices.Values(certificates))))
	if err != nil {
		return fmt.Errorf("numbers: %w", err)
	}
	papers, err := s.docs.sheets.GetMany(ctx, slices.Compact(slices.Sorted(slices.Values(sheets))))
	if err != nil {
		return fmt.Errorf("signed sheets: %w", err)
	}
	files, err := s.Archive.ImportFiles(ctx, slices.Compact(slices.Sorted(slices.Values(imports))))
	if err != nil {
		return fmt.Errorf("files of imports: %w", err)
	}
	for i := range lines {
		lines[i].CertNo, lines[i].Scores = numbers[lines[i].CertID], files[lines[i].Scores]
		for _, d := range papers {
			if l := &lines[i]; l.Sheet != nil && l.Sheet.ID == d.ID {
				paper := d.sheet()
				l.Sheet = &paper
			}
		}
	}
	cards, err := s.Organizations.Cards(ctx, slices.Compact(slices.Sorted(slices.Values(orgs))))
	for id, c := range cards {
		names[id] = c.Name
	}
	return err
}

// FiledClass reads what the file of a class begins with: its sessions that were
// held. It is its provider's and of the offices above.
func (s *Service) FiledClass(ctx context.Context, id kernel.ClassID) (Class, []Session, error) {
	c, err := s.docs.class(ctx, id)
	if err != nil {
		return c, nil, err
	}
	if !provides(ctx, c.ProviderPath) || !c.Opened() {
		return c, nil, ErrClassUnknown
	}
	held, err := s.heldOf(ctx, id, 0)
	return c, held, err
}

// Papers are the signed sheets of sessions, in order.
func (s *Service) Papers(ctx context.Context, held []Session) (map[kernel.SessionID][]Sheet, error) {
	out := make(map[kernel.SessionID][]Sheet, len(held))
	for _, x := range held {
		docs, err := s.docs.sheetsOf(ctx, x.ID)
		if err != nil {
			return nil, err
		}
		out[x.ID] = each(docs, sheetDoc.sheet)
	}
	return out, nil
}

// EachFiled walks the learners of a class by pages, with their lines: whoever
// writes them out keeps one page at a time.
func (s *Service) EachFiled(ctx context.Context, c Class, held []Session, take func(people []kernel.PersonID, lines []FileLine, who map[kernel.PersonID]kernel.PersonCard, names map[kernel.OrganizationID]string) error) error {
	var seated []kernel.PersonID
	for _, seat := range c.Seats {
		if seat.State == SeatEnrolled {
			seated = append(seated, seat.Person)
		}
	}
	names := map[kernel.OrganizationID]string{}
	for people := range slices.Chunk(seated, filePage) {
		who, err := s.learners(ctx, people)
		if err != nil {
			return err
		}
		lines, err := s.lines(ctx, c, held, people, who)
		if err != nil {
			return err
		}
		if err := s.complete(ctx, lines, names); err != nil {
			return err
		}
		cards := make(map[kernel.PersonID]kernel.PersonCard, len(who))
		for p, l := range who {
			cards[p] = l.card
		}
		if err := take(people, lines, cards, names); err != nil {
			return err
		}
	}
	return nil
}

// ClassFile sums up each learner of a class.
func (s *Service) ClassFile(ctx context.Context, c Class, held []Session) (out []ClassLearner, names map[kernel.OrganizationID]string, err error) {
	err = s.EachFiled(ctx, c, held, func(people []kernel.PersonID, lines []FileLine, who map[kernel.PersonID]kernel.PersonCard, n map[kernel.OrganizationID]string) error {
		names = n
		at := map[kernel.PersonID]int{}
		for _, p := range people {
			seat := c.Seats[c.seat(p)]
			at[p] = len(out)
			out = append(out, ClassLearner{Card: who[p], Score: seat.Score, Parts: seat.Parts, Result: seat.Result, CertID: seat.Certificate})
		}
		for _, l := range lines {
			x := &out[at[l.Proof.Person]]
			if x.Employer == "" {
				x.Employer = l.Employer
			}
			x.CertNo = l.CertNo
			if l.Flaw != nil {
				continue
			}
			x.Attended++
			x.Minutes += l.Present
			if l.Credited != nil {
				x.Credited += *l.Credited
			}
		}
		return nil
	})
	return out, names, err
}
