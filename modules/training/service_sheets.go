package training

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/blob"
	"carecert/modules/kit/store"
)

const sheetPurpose = "training.sheet" // of the seal: a sheet shows names and signatures

// Sheet is a photo or a scan of a signed attendance sheet.
type Sheet struct {
	ID          string
	Session     kernel.SessionID
	Name        string
	ContentType string
	Size        int64
	SHA256      string // of what is kept
	ByName      string
	At          time.Time
}

// sheetDoc is one sheet; _id is the file's.
type sheetDoc struct {
	store.Doc   `bson:",inline"`
	Session     kernel.SessionID `bson:"session"`
	Name        string           `bson:"name"`
	ContentType string           `bson:"contentType"`
	Size        int64            `bson:"size"`
	SHA256      string           `bson:"sha256"`
	By          kernel.UserID    `bson:"by"`
	ByName      string           `bson:"byName"`
	At          time.Time        `bson:"at"`
}

func sheetSpec() store.Spec {
	return store.Spec{Name: "training_sheets", Indexes: []store.Index{
		{Name: "by_session", Fields: []string{"session", "at"}},
	}}
}

func (d sheetDoc) sheet() Sheet {
	return Sheet{
		ID: d.ID, Session: d.Session, Name: d.Name, ContentType: d.ContentType, Size: d.Size, SHA256: d.SHA256,
		ByName: d.ByName, At: d.At,
	}
}

// KeptSheet is a sheet that was taken in and belongs to no session yet.
type KeptSheet struct {
	doc    sheetDoc
	most   int
	writer *blob.Writer
}

// KeepSheet takes in a sheet of a session, sealed and without what the camera
// wrote beside the picture. It is done before the transaction of AttachSheet:
// what is not attached is swept.
func (s *Service) KeepSheet(ctx context.Context, id kernel.SessionID, name string, from io.ReadSeeker) (k KeptSheet, err error) {
	x, err := s.vouchable(ctx, id, WordDraft{})
	if err != nil {
		return k, err
	}
	row, err := s.row(x.Region, x.Date())
	if err != nil {
		return k, err
	}
	raw, err := blob.ReadUpload(from, row.SheetMaxBytes)
	if err != nil {
		return k, err
	}
	if len(raw) == 0 {
		return k, ErrSheetEmpty
	}
	contentType, ending := blob.Paper(raw)
	if contentType == "" {
		return k, ErrSheetKind
	}
	raw, sound := blob.WithoutMetadata(contentType, raw)
	if !sound {
		return k, ErrSheetKind
	}
	actor, sum := kernel.ActorFrom(ctx), sha256.Sum256(raw)
	k.most = row.SheetsMost
	k.doc = sheetDoc{
		Session: id, Name: blob.PlainName(name, "sheet") + ending, ContentType: contentType, Size: int64(len(raw)),
		SHA256: hex.EncodeToString(sum[:]), By: actor.User, ByName: actor.Name, At: s.now(),
	}
	k.writer, err = s.Files.CreateSealed(ctx, s.Sealer, sheetPurpose, k.doc.Name, bytes.NewReader(raw), k.doc.Size)
	return k, err
}

// AttachSheet makes a sheet that was kept one of its session's.
func (s *Service) AttachSheet(ctx context.Context, k KeptSheet) (Sheet, error) {
	err := s.DB.Tx(ctx, func(ctx context.Context) error {
		x, err := s.vouchable(ctx, k.doc.Session, WordDraft{})
		if err != nil {
			return err
		}
		if err := s.docs.passGates(ctx, x); err != nil { // two at once are counted one after the other
			return err
		}
		standing, err := s.docs.sheetsOf(ctx, x.ID)
		if err != nil {
			return err
		}
		if len(standing) >= k.most {
			return ErrSheetsMost.With("most", k.most)
		}
		kept, err := k.writer.Commit(ctx)
		if err != nil {
			return err
		}
		k.doc.Doc = store.Doc{ID: kept.ID}
		if err := s.docs.sheets.Insert(ctx, k.doc); err != nil {
			return err
		}
		return s.record(ctx, "attach", "attendanceSheet", kept.ID, first(x.Provider), "", "session", string(x.ID), "sha256", k.doc.SHA256)
	})
	return k.doc.sheet(), err
}

func (c collections) sheetsOf(ctx context.Context, id kernel.SessionID) ([]sheetDoc, error) {
	found, err := c.sheets.Find(ctx, store.Query{Index: "by_session", Equal: []any{string(id)}, Limit: 200})
	if err != nil {
		return nil, fmt.Errorf("sheets of %s: %w", id, err)
	}
	return found.Items, nil
}

// Sheets lists the sheets of a session, for whoever may read all its attendance,
// and for a second person those that words on their own people were read from.
func (s *Service) Sheets(ctx context.Context, id kernel.SessionID) ([]Sheet, error) {
	x, err := s.docs.session(ctx, id)
	if err != nil {
		return nil, err
	}
	docs, err := s.docs.sheetsOf(ctx, id)
	if err != nil {
		return nil, err
	}
	if !provides(ctx, x.Provider) {
		named, err := s.sheetsNamed(ctx, id)
		if err != nil {
			return nil, err
		}
		docs = slices.DeleteFunc(docs, func(d sheetDoc) bool { return !slices.Contains(named, d.ID) })
		if len(docs) == 0 {
			return nil, ErrSessionUnknown
		}
	}
	return each(docs, sheetDoc.sheet), nil
}

// sheetsNamed are the sheets that words on the actor's own people were read from.
func (s *Service) sheetsNamed(ctx context.Context, id kernel.SessionID) (out []string, err error) {
	proofs, err := s.docs.proofs(ctx, id, time.Time{})
	if err != nil {
		return nil, err
	}
	proofs = slices.DeleteFunc(proofs, func(a Attendance) bool {
		return !slices.ContainsFunc(a.Words, func(w Word) bool { return w.Sheet != "" })
	})
	people := each(proofs, func(a Attendance) kernel.PersonID { return a.Person })
	cards, err := s.People.Cards(ctx, people)
	if err != nil {
		return nil, fmt.Errorf("read cards: %w", err)
	}
	reach := ownReach(ctx)
	for _, a := range proofs {
		if card, known := cards[a.Person]; !known || !reach.CoversPerson(a.Person, card.Reach) {
			continue
		}
		for _, w := range a.Words {
			out = append(out, w.Sheet)
		}
	}
	return out, nil
}

// Sheet reads one of the sheets that Sheets lists; ErrSheetUnknown.
func (s *Service) Sheet(ctx context.Context, id kernel.SessionID, sheet string) (Sheet, []byte, error) {
	shown, err := s.Sheets(ctx, id)
	if err != nil {
		return Sheet{}, nil, err
	}
	for _, x := range shown {
		if x.ID != sheet {
			continue
		}
		raw, err := s.Files.OpenSealed(ctx, s.Sealer, sheetPurpose, x.ID)
		if sum := sha256.Sum256(raw); err == nil && hex.EncodeToString(sum[:]) != x.SHA256 {
			err = fmt.Errorf("sheet %s: %w", x.ID, blob.ErrDamaged)
		}
		return x, raw, err
	}
	return Sheet{}, nil, ErrSheetUnknown
}
