// Package notifications tells caregivers what happened that concerns them: a
// place in a class, a session moved or called off, a presence refused, a
// certificate, hours that are missing late in the year. Each once.
//
// Owns: notifications_notifications. Announces: nothing. Hears: what
// server/app/reactions_told.go lists.
// Asks: people (whether a record was merged).
//
// What is kept is what happened, as a kind and its parameters; the words are
// those of the reader's language at the time of reading. Whoever acted is not
// told of their own act.
package notifications
