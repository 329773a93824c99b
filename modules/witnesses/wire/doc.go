// Package wire is what logs and witnesses say to each other: heads as signed
// notes, requests to countersign one, countersignatures, files that somebody
// keeps. Pure.
//
// Requests and countersignatures are those of C2SP tlog-witness and
// tlog-cosignature (policies/decisions/0002): a witness that speaks it can
// witness this log, and any log that speaks it can be witnessed here. One thing
// is our own: a log is known by its key and not by the first line of its heads,
// which is the same in all logs of golang.org/x/mod/sumdb/tlog.
package wire
