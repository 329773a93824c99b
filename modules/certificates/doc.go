// Package certificates issues, registers, verifies and revokes certificates.
//
// A certificate issued here is a signed fact: its QR code opens the public
// page on any phone and carries a payload that verifies with no network
// (format/v1, verify). One that others issued (职业技能等级证书, 国家职业资格
// 证书) is registered with its number checked (rule) and counts once somebody
// has compared it with the national query, the original or the issuer's word.
//
// Owns: certificates_certificates; certificates_numbers and certificates_codes
// (unique look-ups); certificates_sources (issued once for each cause);
// certificates_keys (sealed signing keys); certificates_places (counters
// of places in the status lists); certificates_statuses (what is revoked or
// superseded, by list); certificates_leaves, certificates_log,
// certificates_hashes, certificates_heads (the issuance log).
// Announces: HoldingsChanged. Asks: people, organisations.
//
// The issuance log is a Merkle tree (golang.org/x/mod/sumdb/tlog). A leaf is
// written in the transaction of what it tells of; one leased sequencer appends
// it within a second and signs the head. Whoever holds an earlier head detects
// any backdating, alteration or deletion.
package certificates
