// Package presentations is how a certificate comes before somebody: live on its
// holder's phone, or by a link that ends and says who looked.
//
// A live code is the certificate's QR text with a part that only this house
// makes and that is renewed every half minute: a picture of it is soon told from
// the phone itself, and whoever opens one that was opened before is told so. Who
// shows a copy at once, on another phone, is told by a sign: two digits that the
// first opener sees, and that the phone that made the code then shows too. A code
// is not tied to a phone otherwise: whoever may sign in as the holder may show
// it, and someone who relays pictures and digits both ways between two places
// is seen by none of this; that it is this person, only a name and an identity
// document tell. A
// link opens after its reader pressed a button (programs that fetch a preview
// do not), and its holder sees when, by what kind of device, and as whom.
//
// Owns: presentations_codes (live codes that were opened),
// presentations_links, presentations_visits.
//
// Announces: nothing. Hears: merges. Asks: certificates.
package presentations
