// Package training keeps what happens in class rooms: the course catalogue,
// classes with their seats and waiting lists, sessions, the proof of who was
// present, test results and who completes.
//
// Owns: training_courses, training_course_versions, training_classes,
// training_sessions, training_enrolments, training_attendance,
// training_gates, training_session_devices (whose a phone is in a session),
// training_devices (the phones that people check in with), training_sheets
// (signed paper, sealed), training_feeds (addresses of calendars),
// training_instructors (teachers), training_learning and training_watching
// (learning online), training_logbook (practice on the job).
//
// Announces: SessionClosed (the whole attendance, again after every
// correction), PresenceRefused, AttendanceMoved, Completed.
//
// Rules: rule/ decides when a scan may be taken, what it is worth and who
// completes; its figures are policies/rules/training.yaml. A published course
// is never edited in place. Capacity, "nobody twice" and the order of the
// waiting list live in the class document. A scan carries a code that rotates
// on the projector; a phone that proves itself by its key is one person's in a
// session; a scan that was made without a network tells its time by its code,
// and waits for the teacher's word; what a scan cannot prove needs the teacher's word with a
// reason, and a second person may refuse that word. The law on hours lives
// elsewhere: this module says who was present, not what it counts for. Seats
// are given up or passed on until the row's cut-offs; what somebody has
// elsewhere at the time is shown and keeps nobody out. Where a row of
// policies/rules/class_review.yaml stands, a class is a draft until a bureau
// has approved it. What is learned online counts by signs of life and by
// questions that nobody foresees; what is practised on the job by a logbook in
// which two people say the same.
package training
