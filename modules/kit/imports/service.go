package imports

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"unicode/utf8"

	"carecert/modules/kernel"
	"carecert/modules/kit/blob"
	"carecert/modules/kit/job"
	"carecert/modules/kit/sheet"
	"carecert/modules/kit/store"
)

// Service takes files, reads them into the register through the importer of
// their kind, and tells what became of every row.
type Service struct {
	repo          *repository
	clock         kernel.Clock
	log           *slog.Logger
	audit         Auditor
	facts         Announcer
	files         *blob.Files
	ring          Ring
	jobs          *job.Queue
	organizations Organizations
	permits       Permits
	words         Words
	importers     map[string]Importer
	vocabularies  map[string]sheet.Vocabulary
}

// File is what was sent.
type File interface {
	io.Reader
	io.ReaderAt
	io.Seeker
}

// Request asks for an import.
type Request struct {
	Kind         string
	Organization kernel.OrganizationID
	FileName     string
	File         File
	Size         int64
	DryRun       bool
}

// jobKind is the name of imports in the queue; its key is the import's id.
const jobKind = "imports.run"

type jobPayload struct {
	Import string `bson:"import"`
}

// Kept is a file that can be imported: read as far as its header, and sealed in
// the database. What is not submitted is swept.
type Kept struct {
	doc  importDoc
	file *blob.Writer
}

// Keep takes a file in, outside any transaction: it is read, sealed and written
// as it comes. A file that cannot be a table of the kind is refused here, with
// its cause.
func (s *Service) Keep(ctx context.Context, r Request) (Kept, error) {
	importer, reach, err := s.importer(ctx, r.Kind)
	if err != nil {
		return Kept{}, err
	}
	card, err := reach.Organization(ctx, s.organizations, r.Organization, ErrSenderUnknown)
	if err != nil {
		return Kept{}, err
	}
	table, err := s.find(r.File, r.Size, importer)
	if err != nil {
		return Kept{}, err
	}
	file, err := s.keep(ctx, r)
	if err != nil {
		return Kept{}, err
	}
	doc := importDoc{
		Marked: markOf(table.Keywords),
		Doc:    store.Doc{ID: kernel.NewID()}, Kind: r.Kind, Organization: string(r.Organization), FileName: tidyName(r.FileName),
		DryRun: r.DryRun, Actor: kernel.ActorFrom(ctx), Scope: reach, Status: Queued, FileKept: true, Headers: headers(table), Notes: notes(table),
		CreatedAt: s.clock.Now().UTC(),
	}
	for _, o := range card.Path {
		doc.Reach = append(doc.Reach, string(o))
	}
	return Kept{doc, file}, nil
}

// Submit queues the import of a kept file; it starts at once.
func (s *Service) Submit(ctx context.Context, k Kept) (string, error) {
	return s.accept(ctx, k, func(ctx context.Context, id string) error {
		_, err := s.jobs.Enqueue(ctx, jobKind, id, jobPayload{Import: id})
		return err
	})
}

// Run imports in the process of the caller and answers when it is over: the
// command line's way. The context carries the actor and the reach.
func (s *Service) Run(ctx context.Context, r Request) (Report, error) {
	k, err := s.Keep(ctx, r)
	if err != nil {
		return Report{}, err
	}
	id, err := s.accept(ctx, k, func(context.Context, string) error { return nil })
	if err != nil {
		return Report{}, err
	}
	if err := s.perform(ctx, id); err != nil {
		return Report{}, err
	}
	d, err := s.repo.get(ctx, id)
	if err != nil {
		return Report{}, err
	}
	return s.report(ctx, d)
}

func (s *Service) accept(ctx context.Context, k Kept, start func(ctx context.Context, id string) error) (string, error) {
	err := s.repo.db.Tx(ctx, func(ctx context.Context) error {
		info, err := k.file.Commit(ctx)
		if err != nil {
			return err
		}
		again := k.doc
		again.File = info.ID
		if err := s.repo.imports.Insert(ctx, again); err != nil {
			return err
		}
		if err := s.audit.Record(ctx, s.act("import", again)); err != nil {
			return err
		}
		return start(ctx, again.ID)
	})
	if err != nil {
		return "", fmt.Errorf("accept import: %w", err)
	}
	return k.doc.ID, nil
}

// importer finds who imports the kind, and how far the actor may.
func (s *Service) importer(ctx context.Context, kind string) (Importer, kernel.Reach, error) {
	i, ok := s.importers[kind]
	if !ok {
		return nil, kernel.Reach{}, ErrUnsupported.With("kind", kind)
	}
	if kernel.ActorFrom(ctx).System { // the command line
		return i, kernel.ReachFrom(ctx), nil
	}
	reach, may, err := s.permits.Reach(ctx, "import", kind)
	if err != nil {
		return nil, reach, fmt.Errorf("who may import %s: %w", kind, err)
	}
	if !may {
		return nil, reach, ErrForbiddenKind
	}
	return i, reach, nil
}

func (s *Service) find(file io.ReaderAt, size int64, i Importer) (*sheet.Table, error) {
	if file == nil {
		return nil, ErrNoFile
	}
	book, err := sheet.Open(file, size)
	if err != nil {
		return nil, err
	}
	return sheet.Find(book, s.vocabularies[i.Kind()])
}

func headers(t *sheet.Table) map[string]string {
	out := make(map[string]string, len(t.Places))
	for key, place := range t.Places {
		if key == refusedRow {
			continue
		}
		out[key] = t.Headers[place]
	}
	return out
}

// notes say which columns and sheets were left out though they hold such data
// too.
func notes(t *sheet.Table) []Problem {
	var out []Problem
	for _, c := range t.Twice {
		out = append(out, Because("", codeTwice, "used", t.Headers[c.Used], "usedAt", sheet.Letters(c.Used), "left", t.Headers[c.Left], "leftAt", sheet.Letters(c.Left)))
	}
	if len(t.Unknown) > 0 {
		names := make([]string, len(t.Unknown))
		for i, at := range t.Unknown {
			names[i] = t.Headers[at]
		}
		out = append(out, Because("", codeUnknown, "columns", strings.Join(names, "、")))
	}
	for _, s := range t.Unread {
		code := codeUnread
		if s.Hidden {
			code = codeUnreadHidden
		}
		out = append(out, Because("", code, "sheet", s.Name, "read", t.Sheet))
	}
	return out
}

// tidyName keeps the last part of a file name, at most 120 characters.
func tidyName(name string) string {
	name = sheet.Tidy(name[strings.LastIndexAny(name, `/\`)+1:])
	for utf8.RuneCountInString(name) > 120 {
		_, first := utf8.DecodeRuneInString(name)
		name = name[first:]
	}
	return name
}

func (s *Service) act(verb string, d importDoc) kernel.Act {
	return kernel.Act{
		Verb: verb, Noun: "import", ID: d.ID, Organization: kernel.OrganizationID(d.Organization),
		Detail: map[string]string{"kind": d.Kind, "dryRun": strconv.FormatBool(d.DryRun)},
	}
}
