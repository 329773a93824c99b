export default {
  title: 'Data quality', of: 'Data quality of {name}', hint: 'At the end of {date}, as the records stood on that day; what is mended or entered later does not change the days before.',
  score: 'Score', points: 'points', up: '{n} since last month', down: '{n} since last month', allMended: 'Nothing to mend', wanting: '{n} of {of} on post have something to mend', weight: '{n}% of the score', noRule: 'No rule is in force',
  dimensions: { completeness: 'Complete', timeliness: 'In time', accuracy: 'Accurate' },
  fraction: { completeness: '{n} / {of} people complete', timeliness: '{n} / {of} entries in time', accuracy: '{n} / {of} people in order' },
  numerators: { completeness: 'People complete', timeliness: 'Entries in time', accuracy: 'People in order' }, denominators: { completeness: 'People on post', timeliness: 'Entries', accuracy: 'People on post' },
  trend: 'Twelve months', trendHint: 'month ends and the day', limits: 'In time: starts within {start} days, departures within {end}, certificates within {certificate}; what is late is weighed for {months} months. A roster imported within {opening} days of joining is opening stock, not late.', house: 'No source sets these days: they are the house’s own and may be set per region.',
  people: 'People with something to mend', finding: 'Finding', found: 'What is missing or wrong', name: 'Name', idNumber: 'Identity number', place: 'Organisation', since: 'Since', late: 'Late', days: '{n} d', mend: 'Mend', look: 'See', nobody: 'Nothing to mend', nobodyHint: 'The records are complete, in time and accurate.',
  institutions: 'Institutions', institutionsHint: '{n}, the lowest score first', institution: 'Institution', toMend: 'To mend', onPost: 'On post', noInstitutions: 'There is no institution in this scope yet',
  remind: 'Remind', remindTitle: 'Remind {name}', remindHint: 'The reminder stands under “To do today” of the institution until it is mended, or read with a word. It goes into the operation log.', remindOf: 'Of which findings', note: 'Note', noteHint: 'e.g. please mend by the end of the month', send: 'Send', reminded: '{name} was reminded',
  reminders: 'Reminders', remindersHint: 'what was sent and what came of it', noReminders: 'No reminder was sent', state: { open: 'Open', read: 'Read', mended: 'Mended' }, leftOf: '{left} of {of} left', sentBy: 'Sent by {by}, {at}', readBy: 'Read by {by}, {at}: {word}',
  answer: 'Mark as read', answerTitle: 'Mark the reminder as read', answerHint: 'Say in a word what is being done; whoever sent it sees it. Once all is mended the reminder ends by itself.', answered: 'Marked as read',
  freeze: 'Freeze', frozen: 'Frozen; it can be recomputed under Statistics',
}
