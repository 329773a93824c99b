// Package credential says a certificate that was issued here in the form that
// wallets, résumé platforms and other verifiers read: an Open Badges 3.0
// credential (W3C Verifiable Credentials 2.0), secured as a VC-JWT
// (Securing Verifiable Credentials using JOSE and COSE), with its status in a
// Bitstring Status List and the keys as a JSON Web Key Set and a did:web
// document. Pure.
//
// The same certificate under the same key gives the same bytes every time:
// nothing but what was frozen at issue goes in, the words come from the row of
// policies/rules/credentials.yaml that was in force on the day of issue, and
// Ed25519 is deterministic.
package credential
