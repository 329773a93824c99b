// Package hours keeps the ledger of credited minutes and judges the yearly
// duty of in-service training, 20 class hours in Shanghai.
//
// Owns: hours_presences (who was in which session, as training announced it),
// hours_entries (the ledger: credits and reversals, append-only), hours_years
// (one document per person and year: the verdict in one read), hours_levels.
//
// Announces: YearChanged.
//
// Rules: rule/ credits presences and judges a year; the figures are
// policies/rules/hours.yaml, by region and date. A year is the calendar year in
// Shanghai, whoever the employer was. The ledger of a person's year is derived
// anew from all its presences whenever one changes; only the differences are
// entered, so a fact that comes twice, late or out of order leaves the same
// ledger, and nothing is ever taken out of it.
package hours
