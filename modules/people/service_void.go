package people

import (
	"context"

	"carecert/modules/kernel"
)

// Void takes a spell out that never was. It stays on record as voided and
// counts nowhere. The employer may do so for some days after recording it, its
// bureau for good. ErrUnknown, ErrSpellUnknown, ErrVoidByBureau.
func (s *Service) Void(ctx context.Context, id kernel.PersonID, spell, reason string) (Entry, error) {
	var voided Entry
	err := s.career(ctx, id, "voidSpell", s.mendable, func(doc *personDoc) (Career, Entry, string, error) {
		e, err := s.spellInReach(ctx, *doc, spell)
		if err != nil {
			return nil, e, "", err
		}
		days := s.careerRow(*doc).VoidDays
		last := kernel.DateOf(doc.Career.firstRecorded(spell)).AddDays(days)
		if s.today() > last && !kernel.ReachFrom(ctx).Covers(e.Overseers) {
			return nil, e, "", ErrVoidByBureau.With("days", days)
		}
		at := s.now()
		e.SupersededAt, e.Voided = &at, &Voiding{By: kernel.ActorFrom(ctx).Name, Reason: reason}
		voided = e
		e.Reason = reason // of the act
		return doc.Career.voided(voided), e, describe(e), nil
	})
	return voided, err
}
