// Package audit is the operation log (操作日志): who did what to what, when,
// from where and why. It is append-only and tells on whoever alters it.
//
// Owns: audit_rows, audit_chain, audit_heads.
// Announces: nothing. Every module writes through Record, in the transaction
// of the change that the row tells of.
//
// How it holds: a row carries a MAC of its own from the moment it is written,
// so nothing serialises writers. The sequencer, on one instance at a time,
// chains the rows within a second: each link is the hash of the link before
// and of its row; the head is authenticated too. Verify chains what waits,
// walks everything and names the first entry that was altered, removed,
// inserted or moved.
//
// Who reads: auditors and administrators everything, bureaus their tree.
// Retention: 网络安全法 asks for six months; rows are never deleted.
package audit
