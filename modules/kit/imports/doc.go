// Package imports is the engine behind every "Excel in": it keeps the file,
// finds the header by its synonyms, reads cells the way people write them,
// hands batches of rows to the importer of their kind, and keeps what became
// of each row, so that the sender gets every refusal by row, column and cause
// and a workbook to mend and send again.
//
// A batch, its outcomes and the place it ended at are one transaction: a
// killed server resumes behind the last batch and doubles nothing.
//
// Refused rows stand as something to mend until a file brings them again, each
// known by what was right about it (resent.go), or somebody says why none will
// (mending.go).
//
// Owns: kit_imports, kit_import_batches, kit_import_refusals. Announces: RefusalsChanged.
package imports
