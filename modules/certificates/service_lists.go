package certificates

import (
	"context"
	"encoding/base64"
	"sync"
	"time"

	"carecert/modules/certificates/verify"
	"carecert/modules/kit/store"
)

// listLife is how long a status list may be used offline, and listFresh how
// long the one we hand out says that it is of now, when nothing has changed.
const (
	listLife  = 7 * 24 * time.Hour
	listFresh = time.Second
)

type listCache struct {
	mu  sync.Mutex
	all map[uint32]listed
}

type listed struct {
	list verify.StatusList
	at   time.Time

	changes int64 // how many there had been

	gone    []uint32 // places that no longer stand
	secured *Secured // as a credential; nil until somebody asks
}

// StatusList signs the present state of a list; ErrStatusListGone where no
// certificate stands in it.
func (s *Service) StatusList(ctx context.Context, id uint32) (verify.StatusList, error) {
	now := s.now()
	s.lists.mu.Lock()
	defer s.lists.mu.Unlock()
	seen, err := s.look(ctx, now)
	if err != nil {
		return verify.StatusList{}, err
	}
	if x, ok := s.lists.all[id]; ok && x.changes == seen.changes && within(x.at, now, listFresh) {
		return x.list, nil
	}
	used, err := s.usedLists(ctx)
	if err != nil {
		return verify.StatusList{}, err
	}
	if int64(id) >= used {
		return verify.StatusList{}, ErrStatusListGone
	}
	statuses, gone := map[uint32]uint8{}, []uint32{}
	err = s.repo.statuses.Each(ctx, store.Query{Index: "list", Equal: []any{int64(id)}}, func(d statusDoc) error {
		statuses[uint32(d.Place)] = uint8(d.Listed)          //nolint:gosec // written from small numbers
		gone = append(gone, uint32(d.Place)%verify.ListSize) //nolint:gosec // as above
		return nil
	})
	if err != nil {
		return verify.StatusList{}, err
	}
	encoded, err := verify.Pack(statuses)
	if err != nil {
		return verify.StatusList{}, err
	}
	key := s.keychain.signer()
	list := verify.StatusList{
		ID: id, IssuedAt: now.Truncate(time.Second), ValidUntil: now.Add(listLife).Truncate(time.Second), Bits: 2, Size: verify.ListSize,
		Encoded: encoded, Key: key.id,
	}
	sig, err := key.Sign(ctx, list.Message())
	if err != nil {
		return verify.StatusList{}, err
	}
	list.Signature = base64.RawURLEncoding.EncodeToString(sig)
	s.lists.all[id] = listed{list: list, at: now, changes: seen.changes, gone: gone}
	return list, nil
}

// usedLists counts the lists that have a certificate in them.
func (s *Service) usedLists(ctx context.Context) (int64, error) {
	ids := make([]string, 0, placeCounters)
	for k := range int64(placeCounters) {
		ids = append(ids, placeCounter(k))
	}
	counters, err := s.repo.counters.GetMany(ctx, ids)
	var last int64
	for _, d := range counters {
		last = max(last, d.Count*placeCounters)
	}
	return (last + verify.ListSize - 1) / verify.ListSize, err
}
