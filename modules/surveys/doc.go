// Package surveys asks the learners of a class what they thought of it, and
// never keeps who said what.
//
// What is kept apart: that somebody answered (surveys_asked, so that nobody
// answers twice), and what was answered (counts of a class, and remarks under
// random ids without a time). Nothing leads from one to the other, also not for
// who reads the database. Results are told once a survey is closed, and only
// with so many answers that none is told apart (the rule row): no figure can be
// watched while it grows.
//
// Owns: surveys_surveys, surveys_asked, surveys_counts, surveys_remarks,
// surveys_totals.
//
// Announces: nothing. Hears: that a class ended (it opens a survey), merges.
//
// Rules: questions, their answers, how long a survey is open and how many
// answers it takes are a row (policies/rules/surveys.yaml); a survey keeps the
// row it was opened under.
package surveys
