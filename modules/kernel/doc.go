// Package kernel holds the words that every module shares: identifiers, dates
// and periods, minutes, money, skill levels, verdicts, who is acting and how
// far they reach. It is pure: no I/O, no clock of its own, no globals that
// change.
//
// Owns: nothing stored. Announces: nothing.
//
// Units: time is Minutes, money is Money (fen), ratios are integers compared
// with Ratio.AtLeast. Calendar logic is Asia/Shanghai (Shanghai()).
package kernel
