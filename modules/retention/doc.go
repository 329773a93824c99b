// Package retention knows how long what is kept and why, shows how many records
// are past their time, and removes every day what has served its purpose.
//
// Owns: retention_runs.
//
// Announces: nothing.
//
// Rules: a period is data (policies/rules/retention.yaml) with its document and
// clause; a floor (atLeast) is never cut, an end (atMost) is carried out, each
// time with a row in the operation log that says how many of what were removed
// by which rule (rule/row.go; PIPL article 19).
package retention
