package rule

import (
	"cmp"
	"slices"

	"carecert/modules/kernel"
)

// File is what the register holds of one person, as quality judges it.
type File struct {
	Phone, Education  bool
	Birth, Gender     bool
	GenderContradicts bool // a sender's file said another gender than the number tells
	Contested         bool // the number of a certificate is claimed for somebody else as well
	Posts             []Post
	Papers            []Paper
	Words             map[Kind]kernel.Date // said on that day that it is so
}

// Post is the latest word on a spell, and when its days were entered.
type Post struct {
	ID           string
	Organization kernel.OrganizationID
	Path         []kernel.OrganizationID
	Region       kernel.RegionCode
	Role         kernel.StaffRole
	Period       kernel.Period
	Dispatched   bool
	BegunOn      kernel.Date // its first day was entered
	EndedOn      kernel.Date // its last day was entered; "" while there is none
	Imported     bool        // came with a roster
	OpenedOn     kernel.Date // the organisation entered the register; "" if unknown
}

// Paper is a certificate with a level on the books.
type Paper struct {
	ID        kernel.CertificateID `bson:"id"`
	IssuedOn  kernel.Date          `bson:"issuedOn"`
	EnteredOn kernel.Date          `bson:"enteredOn"`
	RefutedOn kernel.Date          `bson:"refutedOn,omitempty"` // "" while nobody refuted it
}

// Mark kinds that are no findings: who counts, and what was entered at all.
const (
	OnPost Kind = "onPost"
	Filed  Kind = "filed"
)

// Mark says: from From to To this counts at the organisation and above it.
type Mark struct {
	Kind         Kind                    `bson:"kind"`
	Dimension    Dimension               `bson:"dimension,omitempty"` // "" for who counts
	Ref          string                  `bson:"ref,omitempty"`       // of a filing: the event it tells of; marks without one count a person once
	Organization kernel.OrganizationID   `bson:"organization"`
	Path         []kernel.OrganizationID `bson:"path"`
	From         kernel.Date             `bson:"from"`
	To           kernel.Date             `bson:"to"`
	Since        kernel.Date             `bson:"since"`          // the first day of the lack; the day a late entry was made
	Days         int                     `bson:"days,omitempty"` // late by
	Rows         int                     `bson:"rows,omitempty"` // of a file: it counts as often, and nobody is meant
}

// Finding tells marks that somebody has to mend.
func (m Mark) Finding() bool { return m.Kind != OnPost && m.Kind != Filed }

// Same tells marks of one matter: what was found before is found since then.
func (m Mark) Same(o Mark) bool {
	return m.Kind == o.Kind && m.Ref == o.Ref && m.Organization == o.Organization
}

// JudgeQuality finds what a file lacks, from a day on, by the rows in force on
// that day where each post is. What was found before keeps its first day.
func JudgeQuality(rows []QualityRow, f File, before []Mark, on kernel.Date) []Mark {
	var out []Mark
	for _, p := range f.Posts {
		row, found := kernel.Nearest(rows, p.Region, on)
		if !found || !slices.Contains(row.Roles, p.Role) {
			continue
		}
		j := judge{row: row, file: f, post: p, on: on}
		j.mark(Mark{Kind: OnPost, From: p.Period.From, To: p.Period.To})
		j.wants()
		j.doubts()
		j.filings()
		out = append(out, j.marks...)
	}
	for i, m := range out {
		for _, b := range before {
			if m.Finding() && m.Same(b) {
				out[i].Since = b.Since
				break
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Mark) int {
		return cmp.Or(cmp.Compare(a.Organization, b.Organization), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Ref, b.Ref), cmp.Compare(a.From, b.From))
	})
	return out
}

// judge looks at one post.
type judge struct {
	row   QualityRow
	file  File
	post  Post
	on    kernel.Date
	marks []Mark
}

func (j *judge) mark(m Mark) {
	m.Organization, m.Path = j.post.Organization, j.post.Path
	m.From = max(m.From, j.on)
	if m.Since == "" {
		m.Since = m.From
	}
	if m.From <= m.To {
		j.marks = append(j.marks, m)
	}
}

func (j *judge) wants() {
	has := map[Kind]bool{
		MissingPhone: j.file.Phone, MissingEducation: j.file.Education, MissingBirth: j.file.Birth, MissingGender: j.file.Gender,
		MissingCertificate: len(j.file.Papers) > 0,
	}
	for _, w := range j.row.Wants {
		if slices.Contains(w.Roles, j.post.Role) && !has[w.Kind] {
			j.found(w, Completeness, j.post.Period.From, j.post.Period.To)
		}
	}
}

// found adds a finding from day to day, later where somebody gave a word that
// it is so: a word holds for as long as the row says.
func (j *judge) found(w Want, d Dimension, from, to kernel.Date) {
	if said, ok := j.file.Words[w.Kind]; ok && w.Word {
		if j.row.WordMonths == 0 {
			return
		}
		from = max(from, said.AddMonths(j.row.WordMonths))
	}
	j.mark(Mark{Kind: w.Kind, Dimension: d, From: from, To: to})
}

func (j *judge) doubts() {
	for _, w := range j.row.Doubts {
		if !slices.Contains(w.Roles, j.post.Role) {
			continue
		}
		if w.Kind == OverlappingPosts {
			j.overlaps(w)
			continue
		}
		stands := map[Kind]bool{GenderContradicts: j.file.GenderContradicts, CertificateRefuted: j.refuted(), NumberContested: j.file.Contested}
		if stands[w.Kind] {
			j.found(w, Accuracy, j.post.Period.From, j.post.Period.To)
		}
	}
}

// refuted: the verifier found a certificate to be wrong, and nobody has entered
// another since.
func (j *judge) refuted() bool {
	var last, entered kernel.Date
	for _, p := range j.file.Papers {
		last = max(last, p.RefutedOn)
		if p.RefutedOn == "" {
			entered = max(entered, p.EnteredOn)
		}
	}
	return last != "" && entered < last
}

// overlaps: full posts at two organisations at once, for longer than a move
// takes. From the first day beyond that until the overlap ends.
func (j *judge) overlaps(w Want) {
	var until, from kernel.Date
	for _, o := range j.file.Posts {
		if o.Organization == j.post.Organization || o.Dispatched || j.post.Dispatched || !slices.Contains(w.Roles, o.Role) {
			continue
		}
		begin, end := max(o.Period.From, j.post.Period.From).AddDays(w.Days), min(o.Period.To, j.post.Period.To)
		if begin > end || end < j.on {
			continue
		}
		if from == "" || begin < from {
			from = begin
		}
		until = max(until, end)
	}
	if from != "" {
		j.found(w, Accuracy, from, until)
	}
}

// filings weighs what was entered about the post: its first day, its last and
// the certificates entered meanwhile.
func (j *judge) filings() {
	p := j.post
	opening := p.Imported && j.opening(p.BegunOn)
	if !opening {
		j.filing(LateStart, p.ID+":start", p.Period.From, p.BegunOn)
	}
	if p.EndedOn != "" && !(opening && p.EndedOn == p.BegunOn) {
		j.filing(LateEnd, p.ID+":end", p.Period.To, p.EndedOn)
	}
	if !slices.Contains(j.row.Limits.CertificateRoles, p.Role) {
		return
	}
	for _, c := range j.file.Papers {
		if p.Period.Holds(c.EnteredOn) && !j.opening(c.EnteredOn) {
			j.filing(LateCertificate, p.ID+":"+string(c.ID), max(c.IssuedOn, p.Period.From), c.EnteredOn)
		}
	}
}

// opening tells the days in which an organisation that has just entered the
// register brings in what it already had.
func (j *judge) opening(entered kernel.Date) bool {
	return j.post.OpenedOn != "" && entered <= j.post.OpenedOn.AddDays(j.row.Limits.OpeningDays)
}

// filing weighs one entry: it counts from the day it was made, for as long as
// the row says; entered on the last day of the limit is in time.
func (j *judge) filing(k Kind, ref string, happened, entered kernel.Date) {
	to := entered.AddMonths(j.row.Limits.CountsMonths).AddDays(-1)
	j.mark(Mark{Kind: Filed, Ref: ref, From: entered, To: to, Since: entered})
	if late := entered.Sub(happened) - j.row.Limits.limit(k); late > 0 {
		j.mark(Mark{Kind: k, Dimension: Timeliness, Ref: ref, From: entered, To: to, Since: entered, Days: late})
	}
}

// Refusals are the rows of an imported file that were refused, and neither
// mended nor dismissed since.
type Refusals struct {
	Import       string
	Kind         string // of the file
	Organization kernel.OrganizationID
	Path         []kernel.OrganizationID
	Region       kernel.RegionCode
	Since        kernel.Date
	Rows         int
}

// JudgeRefusals weighs them as entries that are owed: they were to be made and
// are not in the register. They count from a day on, until the next judgement.
func JudgeRefusals(rows []QualityRow, r Refusals, on kernel.Date) []Mark {
	row, found := kernel.Nearest(rows, r.Region, on)
	if !found || r.Rows == 0 || !slices.Contains(row.Imports, r.Kind) {
		return nil
	}
	owed := Mark{
		Kind: RefusedRows, Dimension: Timeliness, Ref: r.Import, Organization: r.Organization, Path: r.Path, From: on, To: kernel.Forever,
		Since: r.Since, Rows: r.Rows,
	}
	filed := owed
	filed.Kind, filed.Dimension = Filed, ""
	return []Mark{filed, owed}
}
