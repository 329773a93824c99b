// Package event carries facts between modules. The facts of a transaction are
// saved in the outbox as one parcel, in that transaction; after the commit the
// parcel is delivered in process before the request answers, and by the sweeper
// after a crash, until every listener has done its work. A listener runs in a
// transaction that also crosses it off the parcel, so its effects happen once.
//
// Owns: kit_outbox.
package event

import "context"

// Fact is a past-tense struct of plain fields with bson tags. FactName is
// stable: "training.class_completed".
type Fact interface{ FactName() string }

// Keyed is a Fact about one thing. Facts of one key reach every listener in
// the order in which they were announced, also when several requests deliver
// at once; a listener that fails on one is not given the later ones of its key
// before it has done its work on it. A fact that tells a whole state ("the
// career is now …") needs a key, or an older state could overwrite a newer.
type Keyed interface {
	Fact
	FactKey() string
}

// Announcer is what a service holds to announce facts. Announce refuses a
// context without a transaction.
type Announcer interface {
	Announce(ctx context.Context, fact Fact) error
}
