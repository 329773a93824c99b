// Package certificates issues, registers, verifies and revokes certificates.
//
// A certificate issued here is a signed fact: its QR code opens the public
// page on any phone and carries a payload that verifies with no network
// (format/v1, verify). One that others issued (职业技能等级证书, 国家职业资格
// 证书) is registered with its number checked (rule) and counts once somebody
// has compared it with the national query, the original or the issuer's word.
//
// Owns: certificates_certificates; certificates_cards (what the public may
// learn, by public code); certificates_numbers (unique), certificates_sources
// (issued once for each cause); certificates_counters (numbers of an issuer's
// year, places in the status lists, changes that the public sees);
// certificates_statuses (what is revoked or superseded); certificates_holders
// (which records are one person); certificates_keys and certificates_logkeys
// (sealed); certificates_leaves, certificates_log,
// certificates_hashes, certificates_heads (the issuance log);
// certificates_conflicts (numbers that are claimed for two people);
// certificates_templates, certificates_templateVersions,
// certificates_templatePictures (what an issuer's certificates are printed from);
// certificates_wordings (dates and levels as they were written out at the issue);
// certificates_probes (numbers of others that were hit);
// certificates_bundles, certificates_bundleParts (ZIPs of PDFs that were asked for);
// certificates_withdrawals (decisions that end the certificates of a class).
// Announces: Contested, HoldingsChanged, Revoked, Withdrawn. Asks: people, organisations.
//
// A registered certificate is claimed (unverified), then confirmed (valid) or
// refuted (rejected), with who, when, how and what was seen (evidence, sealed
// in kit/blob). A second person may correct or withdraw that word; every word
// stays with its time. A number that is claimed for a second person is refused
// and recorded as a conflict, which whoever oversees both sides decides. What a
// number looks like is data (policies/rules/certificates.yaml). A day of issue before
// the holder's birth is refused, one below working age is for somebody to look at.
//
// Numbers read issuer, year and count (0007-2026-00012) and are given in the
// transaction of the issue. Public look-ups are answered from memory: what was
// certified never changes, and one small read a second tells whether anything
// was revoked.
//
// What a certificate looks like, and how long it is valid, is a template of its
// issuer, of the nearest office above, or of the house (layout;
// policies/rules/certificate_templates.yaml). A version is frozen when it is
// published; a certificate names the version it was issued with, and is printed
// from it for ever, with the words of that day. What has expired still counts in statistics: the counting
// rules know revocation only (CONTRACT §4).
//
// The issuance log is a Merkle tree (golang.org/x/mod/sumdb/tlog). A leaf is
// written in the transaction of what it tells of; one leased sequencer appends
// it within a second and signs the head. Whoever holds an earlier head detects
// any backdating, alteration or deletion.
package certificates
