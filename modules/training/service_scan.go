package training

import (
	"context"
	"errors"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/modules/training/rule"
)

// ScanDraft is what a caregiver's phone sends. Session may be empty when the
// code names it. Offline is said of a scan that was made without a network: the
// code tells when.
type ScanDraft struct {
	Session   kernel.SessionID
	Code      string
	Direction Direction
	Location  *Point
	Device    *DeviceProof
	Offline   bool
}

// Scan checks the actor in or out.
func (s *Service) Scan(ctx context.Context, d ScanDraft) (a Attendance, x Session, err error) {
	person := kernel.ActorFrom(ctx).Person
	if person == "" {
		return a, x, ErrCheckInSelfOnly
	}
	named, code, err := readCode(d.Code)
	if err != nil {
		return a, x, err
	}
	if d.Session == "" {
		d.Session = named
	}
	if d.Session == "" || (named != "" && named != d.Session) {
		return a, x, ErrCodeInvalid
	}
	device := ""
	if d.Device != nil {
		if device, err = d.Device.device(scanText(d.Session, code, d.Direction)); err != nil {
			return a, x, err
		}
	}
	for again := false; ; again = true {
		a, x, err = s.scan(ctx, d, person, code, device)
		if store.IsDuplicate(err, "_id") {
			if !again {
				continue
			}
			err = ErrDeviceShared // somebody else's first scan by this phone was faster, twice
		}
		if errors.Is(err, ErrDeviceShared) {
			if failed := s.turnAway(ctx, d.Session, person, device); failed != nil {
				return a, x, failed
			}
		}
		return a, x, err
	}
}

func (s *Service) scan(ctx context.Context, d ScanDraft, person kernel.PersonID, code, device string) (a Attendance, x Session, err error) {
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		if x, err = s.docs.session(ctx, d.Session); err != nil {
			return err
		}
		scanned, seat, err := s.admits(ctx, x, person, code, device, d)
		if err != nil {
			return err
		}
		if a, err = s.docs.proofOf(ctx, x, seat); err != nil {
			return err
		}
		var changed bool
		if a, changed, err = a.Scan(scanned, s.now()); err != nil || !changed {
			return err
		}
		if d.Direction == DirectionIn {
			if a.Elsewhere, err = s.elsewhere(ctx, x, person); err != nil {
				return err
			}
		}
		if err := s.saveProof(ctx, x, &a); err != nil {
			return err
		}
		return s.corrected(ctx, &x) // a scan that was made in time may arrive after the closing
	})
	return a, x, err
}

// admits tells whether this scan may be taken, what for, and on which seat.
func (s *Service) admits(ctx context.Context, x Session, p kernel.PersonID, code, device string, d ScanDraft) (c Scanned, seat enrolmentDoc, err error) {
	row, err := s.row(x.Region, x.Date())
	if err != nil {
		return c, seat, err
	}
	if err := s.takes(ctx, x, d.Offline); err != nil {
		return c, seat, err
	}
	if seat, err = s.seat(ctx, x, p); err != nil {
		return c, seat, err
	}
	if c, err = s.shown(x, row, code, d); err != nil {
		return c, seat, err
	}
	if err := x.takesAt(row, c, d); err != nil {
		return c, seat, err
	}
	c.Device = device
	if !c.Sent.IsZero() {
		if err := s.knows(ctx, x, p, device); err != nil {
			return c, seat, err
		}
	}
	if device == "" {
		if row.DeviceRequired {
			return c, seat, ErrDeviceNeeded
		}
		return c, seat, nil
	}
	c.Shared, err = s.bind(ctx, x, p, device)
	if err == nil && c.Shared && row.RefusesShared() {
		err = ErrDeviceShared
	}
	return c, seat, err
}

// takesAt refuses a scan outside the session's time or from outside its radius.
func (x Session) takesAt(row rule.Row, c Scanned, d ScanDraft) error {
	switch opens := row.Opens(x.Span()); {
	case c.At.Before(opens):
		return ErrCheckInNotOpen.With("opensAt", opens.In(kernel.Shanghai()).Format("15:04"))
	case d.Direction == DirectionIn && c.At.After(x.Plan.EndsAt):
		return ErrSessionOver
	}
	return x.near(d.Location)
}

// takes tells whether the session takes scans at all. One that was made without
// a network may arrive after the closing.
func (s *Service) takes(ctx context.Context, x Session, offline bool) error {
	if offline && x.Held() {
		return s.fileOpen(ctx, x)
	}
	if err := x.stillPlanned(); err != nil {
		return err
	}
	return x.convened()
}

// shown tells when the code stood on the screen. Of a scan without a network
// that is known to half a minute, and counted against whoever scanned; the
// phone's clock is never asked.
func (s *Service) shown(x Session, row rule.Row, code string, d ScanDraft) (Scanned, error) {
	key, now := s.Keys.Derive(codePurpose), s.now()
	err := checkCode(key, x.ID, code, now)
	if err == nil && x.Held() {
		err = ErrSessionClosed
	}
	if err == nil || !d.Offline {
		return Scanned{Direction: d.Direction, At: now}, err
	}
	if row.OfflineHours == 0 {
		return Scanned{}, ErrOfflineNotTaken
	}
	until := row.OfflineUntil(x.Plan.EndsAt)
	if until.After(now) {
		until = now
	}
	from, to, found := stepOf(key, x.ID, code, row.Opens(x.Span()), until)
	switch {
	case !found:
		return Scanned{}, ErrCodeInvalid
	case now.After(row.OfflineUntil(to)):
		return Scanned{}, ErrOfflineTooLate.With("hours", row.OfflineHours)
	case d.Direction == DirectionIn && to.After(now):
		return Scanned{Direction: d.Direction, At: now, Sent: now}, nil
	case d.Direction == DirectionIn:
		return Scanned{Direction: d.Direction, At: to, Sent: now}, nil
	}
	return Scanned{Direction: d.Direction, At: from, Sent: now}, nil
}

// near refuses a scan from outside the session's radius.
func (s Session) near(from *Point) error {
	if s.Plan.Location == nil {
		return nil
	}
	if from == nil {
		return ErrLocationNeeded
	}
	if metres := s.Plan.Location.Distance(*from); metres > float64(s.Plan.Location.RadiusM) {
		return ErrTooFar.With("metres", int(metres)).With("radius", s.Plan.Location.RadiusM)
	}
	return nil
}

// bindingDoc makes a phone one person's in a session. _id "session:device".
type bindingDoc struct {
	store.Doc `bson:",inline"`
	Person    kernel.PersonID `bson:"person"`
}

func bindingSpec() store.Spec { return store.Spec{Name: "training_session_devices"} }

func bindingID(s kernel.SessionID, device string) string { return string(s) + ":" + device }

// bind makes the phone the person's in the session; shared when it is somebody
// else's.
func (s *Service) bind(ctx context.Context, x Session, p kernel.PersonID, device string) (shared bool, err error) {
	doc, err := s.docs.bindings.Get(ctx, bindingID(x.ID, device))
	if errors.Is(err, store.ErrNotFound) {
		return false, s.docs.bindings.Insert(ctx, bindingDoc{Doc: store.Doc{ID: bindingID(x.ID, device)}, Person: p})
	}
	return doc.Person != p, err
}

// rebind lets the phones of an attendance be somebody else's.
func (c collections) rebind(ctx context.Context, d attendanceDoc, to kernel.PersonID) error {
	for _, device := range []string{d.Device, d.DeviceOut} {
		doc, err := c.bindings.Get(ctx, bindingID(d.Session, device))
		if errors.Is(err, store.ErrNotFound) || (err == nil && doc.Person != d.Person) {
			continue
		}
		if err != nil {
			return err
		}
		doc.Person = to
		if err := c.bindings.Replace(ctx, &doc); err != nil {
			return err
		}
	}
	return nil
}

const (
	longestBack   = LongestSession + 2*time.Hour // since when a session that goes on may have been checked in to
	mostElsewhere = 20
)

// elsewhere finds another session at the time of this one in which somebody is
// checked in and not out; nil when there is none.
func (s *Service) elsewhere(ctx context.Context, x Session, p kernel.PersonID) (*Elsewhere, error) {
	found, err := s.docs.attendance.Find(ctx, store.Query{
		Index: "by_person", Equal: []any{string(p)}, From: x.Plan.StartsAt.Add(-longestBack), Until: x.Plan.EndsAt, Desc: true, Limit: mostElsewhere,
	})
	if err != nil {
		return nil, err
	}
	for _, d := range found.Items {
		stands := d.attendance().Presence()
		if d.Session == x.ID || stands.In.IsZero() || !stands.Out.IsZero() {
			continue
		}
		other, err := s.docs.session(ctx, d.Session)
		if err != nil {
			return nil, err
		}
		if other.Status != SessionCancelled && rule.Clash(x.Span(), other.Span()) {
			return &Elsewhere{Session: other.ID, Title: other.Title, StartsAt: other.Plan.StartsAt, EndsAt: other.Plan.EndsAt}, nil
		}
	}
	return nil, nil
}
