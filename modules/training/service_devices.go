package training

import (
	"context"
	"errors"
	"fmt"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

// Device is a phone that somebody checks in with. It shows to its owner only.
type Device struct {
	ID     string // by its key
	Label  string // what the phone calls itself
	Since  time.Time
	SeenAt time.Time
}

// devicesOfOne bounds the phones of a person; somebody who has more removes one.
const devicesOfOne = 10

// deviceDoc is one phone of a person. _id "person:device".
type deviceDoc struct {
	store.Doc `bson:",inline"`
	Person    kernel.PersonID `bson:"person"`
	As        kernel.PersonID `bson:"as,omitempty"` // the record it was known under, where a merge moved it
	Device    string          `bson:"device"`
	Label     string          `bson:"label"`
	Since     time.Time       `bson:"since"`
	SeenAt    time.Time       `bson:"seenAt"`
}

func (d deviceDoc) view() Device {
	return Device{ID: d.Device, Label: d.Label, Since: d.Since, SeenAt: d.SeenAt}
}

func deviceSpec() store.Spec {
	return store.Spec{Name: "training_devices", Indexes: []store.Index{
		{Name: "by_person", Fields: []string{"person", "since"}},
		{Name: "by_use", Fields: []string{"seenAt"}},
	}}
}

func deviceID(p kernel.PersonID, device string) string { return string(p) + ":" + device }

// KnowDevice enters the phone that the actor uses, or notes that it was seen
// again.
func (s *Service) KnowDevice(ctx context.Context, proof DeviceProof, label string) (Device, error) {
	person := kernel.ActorFrom(ctx).Person
	if person == "" {
		return Device{}, ErrCheckInSelfOnly
	}
	device, err := proof.device(deviceText(person))
	if err != nil {
		return Device{}, err
	}
	doc := deviceDoc{Doc: store.Doc{ID: deviceID(person, device)}, Person: person, Device: device}
	err = s.DB.Tx(ctx, func(ctx context.Context) error {
		known, err := s.docs.devices.Get(ctx, doc.ID)
		switch {
		case err == nil:
			doc = known
		case !errors.Is(err, store.ErrNotFound):
			return err
		default:
			all, err := s.devices(ctx, person)
			if err != nil {
				return err
			}
			if len(all) >= devicesOfOne {
				return ErrTooManyDevices.With("most", devicesOfOne)
			}
			doc.Since = s.now()
			if err := s.record(ctx, "create", "checkInDevice", device, "", ""); err != nil {
				return err
			}
		}
		doc.Label, doc.SeenAt = label, s.now()
		return s.docs.devices.Put(ctx, &doc)
	})
	return doc.view(), err
}

// Devices lists the actor's own phones, the latest first.
func (s *Service) Devices(ctx context.Context) ([]Device, error) {
	docs, err := s.devices(ctx, kernel.ActorFrom(ctx).Person)
	return each(docs, deviceDoc.view), err
}

func (s *Service) devices(ctx context.Context, p kernel.PersonID) ([]deviceDoc, error) {
	found, err := s.docs.devices.Find(ctx, store.Query{Index: "by_person", Equal: []any{string(p)}, Desc: true, Limit: 4 * devicesOfOne})
	if err != nil {
		return nil, fmt.Errorf("phones of %s: %w", p, err)
	}
	return found.Items, nil
}

// ForgetDevice removes one of the actor's phones; it can no longer check in
// without a network.
func (s *Service) ForgetDevice(ctx context.Context, device string) error {
	person := kernel.ActorFrom(ctx).Person
	return s.DB.Tx(ctx, func(ctx context.Context) error {
		if err := s.docs.devices.Delete(ctx, deviceID(person, device), 0); err != nil {
			return unknown(err, ErrDeviceUnknown)
		}
		return s.record(ctx, "delete", "checkInDevice", device, "", "")
	})
}

// knows refuses a phone that was not the person's before the session began:
// whoever wants to scan for somebody else without a network would have to have
// signed in as them beforehand.
func (s *Service) knows(ctx context.Context, x Session, p kernel.PersonID, device string) error {
	if device == "" {
		return ErrDeviceNeeded
	}
	doc, err := s.docs.devices.Get(ctx, deviceID(p, device))
	if errors.Is(err, store.ErrNotFound) || (err == nil && !doc.Since.Before(x.Plan.StartsAt)) {
		return ErrDeviceNew
	}
	return err
}

// moveDevices lets the phones of one record be another's: all of them, or those
// that a merge had brought from the record named by as.
func (s *Service) moveDevices(ctx context.Context, from, to, as kernel.PersonID) error {
	docs, err := s.devices(ctx, from)
	if err != nil {
		return err
	}
	for _, d := range docs {
		if as != "" && d.As != as {
			continue
		}
		if err := s.docs.devices.Delete(ctx, d.ID, 0); err != nil {
			return fmt.Errorf("move a phone: %w", err)
		}
		moved := d
		moved.Doc, moved.Person = store.Doc{ID: deviceID(to, d.Device)}, to
		if moved.As = from; as != "" {
			moved.As = ""
		}
		if kept, err := s.docs.devices.Get(ctx, moved.ID); err == nil { // both records know it: it stays theirs who stays
			moved = kept
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := s.docs.devices.Put(ctx, &moved); err != nil {
			return fmt.Errorf("move a phone: %w", err)
		}
	}
	return nil
}

// Phones is the part of everything about somebody that tells of their phones.
type Phones struct{ service *Service }

// Phones gives the part.
func (m *Module) Phones() Phones { return Phones{m.Service} }

// Name of the part.
func (Phones) Name() string { return "devices" }

// Part lists the phones of a person; who may read it was decided by its owner.
func (p Phones) Part(ctx context.Context, who kernel.PersonID) (any, error) {
	docs, err := p.service.devices(ctx, who)
	return each(docs, func(d deviceDoc) deviceView { return deviceView(d.view()) }), err
}
