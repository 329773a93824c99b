// Package carry brings heads to witnesses: over HTTPS to another bureau, into a
// folder, by mail. What an answer says beyond what the protocol knows is never
// passed on.
package carry

import "errors"

// ErrDiffers: the medium holds another head of that size already.
var ErrDiffers = errors.New("the medium holds another head of that size")

// Parcel is a head's file for a witness.
type Parcel struct {
	Witness string // id
	To      string // mail address
	Size    int64
	Key     string // the same for the same head and witness
	File    []byte
	Subject string
	Text    string
}

// Answer is what a witness answered.
type Answer struct {
	Status int
	Lines  string // of a 200: countersignatures
	Held   int64  // of a 409: the size that it holds
}
