// Package presentations is how a certificate comes before somebody: live on its
// holder's phone, or by a link that ends and says who looked.
//
// A live code is the certificate's QR text with a part that only this house
// makes and that is renewed every half minute: a picture of it is soon told from
// the phone itself, and whoever opens one that was opened before is told so. A
// link opens after its reader pressed a button (programs that fetch a preview
// do not), and its holder sees when, by what kind of device, and as whom.
//
// Owns: presentations_codes (live codes that were opened),
// presentations_links, presentations_visits.
//
// Announces: nothing. Hears: merges. Asks: certificates.
package presentations
