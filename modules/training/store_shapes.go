package training

import (
	"strconv"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
)

func (d courseDoc) course() Course {
	return Course{
		ID: kernel.CourseID(d.ID), Version: d.Number, Terms: d.Terms, Owner: d.Owner, By: d.By,
		RecordedAt: d.RecordedAt, Stored: d.Version,
	}
}

func docOfCourse(c Course) courseDoc {
	return courseDoc{
		Doc: store.Doc{ID: string(c.ID), Version: c.Stored}, Number: c.Version, Title: c.Terms.Title, Terms: c.Terms,
		Owner: c.Owner, By: c.By, RecordedAt: c.RecordedAt,
	}
}

func docOfVersion(c Course) versionDoc {
	return versionDoc{
		Doc: store.Doc{ID: string(c.ID) + ":" + strconv.Itoa(c.Version)}, Course: c.ID, Number: c.Version, Terms: c.Terms,
		Owner: c.Owner, By: c.By, RecordedAt: c.RecordedAt,
	}
}

func (d versionDoc) course() Course {
	return Course{ID: d.Course, Version: d.Number, Terms: d.Terms, Owner: d.Owner, By: d.By, RecordedAt: d.RecordedAt}
}

func (d classDoc) class() Class {
	return Class{
		ID: kernel.ClassID(d.ID), Course: d.Course, CourseVersion: d.CourseVersion, Terms: d.Terms, Programme: d.Programme,
		Provider: d.Provider, ProviderName: d.ProviderName, ProviderPath: d.ProviderPath, Region: d.Region, Tier: d.Tier,
		Base: d.Base, BaseName: d.BaseName, Reach: d.Reach, SeenBy: d.SeenBy, StartsOn: d.StartsOn, EndsOn: d.EndsOn,
		Capacity: d.Capacity, Status: d.Status, Seats: d.Seats, RecordedAt: d.RecordedAt, CompletedAt: d.CompletedAt, Withdrawal: d.Withdrawal,
		Application: d.Application, OpenedBy: d.OpenedBy, ArchivedAt: d.ArchivedAt,
		Stored: d.Version,
	}
}

func docOfClass(c Class) classDoc {
	return classDoc{
		Doc: store.Doc{ID: string(c.ID), Version: c.Stored}, Course: c.Course, CourseVersion: c.CourseVersion, Terms: c.Terms,
		Programme: c.Programme, Provider: c.Provider, ProviderName: c.ProviderName, ProviderPath: c.ProviderPath,
		Region: c.Region, Tier: c.Tier, Base: c.Base, BaseName: c.BaseName, Reach: c.Reach, SeenBy: c.SeenBy,
		StartsOn: c.StartsOn, EndsOn: c.EndsOn, Capacity: c.Capacity, Status: c.Status, Seats: c.Seats,
		RecordedAt: c.RecordedAt, CompletedAt: c.CompletedAt, Withdrawal: c.Withdrawal, Application: c.Application, OpenedBy: c.OpenedBy, ArchivedAt: c.ArchivedAt,
		Imports: c.scoredBy(),
	}
}

func (d sessionDoc) session() Session {
	return Session{
		ID: kernel.SessionID(d.ID), Class: d.Class, Title: d.Title, Provider: d.Provider, SeenBy: d.SeenBy, Region: d.Region,
		Plan: Plan{
			StartsAt: d.StartsAt, EndsAt: d.EndsAt, Minutes: d.Minutes, Venue: d.Venue, Teacher: d.Teacher, Mode: d.Mode,
			Location: d.Location, TeacherID: d.TeacherID, Unqualified: d.Unfit,
		},
		Status: d.Status, Moves: d.Moves, Reason: d.Reason, Revision: d.Revision, RecordedAt: d.RecordedAt,
		ClosedAt: d.ClosedAt, Base: d.Base, Learners: d.Learners, Attended: d.Attended, Video: d.Video, Mentor: d.Mentor, Draft: d.Draft, Gates: d.Gates, Stored: d.Version,
	}
}

func docOfSession(s Session) sessionDoc {
	return sessionDoc{
		Doc: store.Doc{ID: string(s.ID), Version: s.Stored}, Class: s.Class, Title: s.Title, Provider: s.Provider,
		SeenBy: s.SeenBy, Region: s.Region, StartsAt: s.Plan.StartsAt, EndsAt: s.Plan.EndsAt, Minutes: s.Plan.Minutes,
		Venue: s.Plan.Venue, Teacher: s.Plan.Teacher, Mode: s.Plan.Mode, Location: s.Plan.Location, Status: s.Status,
		Moves: s.Moves, Reason: s.Reason, Revision: s.Revision, RecordedAt: s.RecordedAt, ClosedAt: s.ClosedAt,
		Base: s.Base, Learners: s.Learners, Attended: s.Attended, Video: s.Video, Mentor: s.Mentor, Draft: s.Draft, Gates: s.Gates, TeacherID: s.Plan.TeacherID, Unfit: s.Plan.Unqualified,
	}
}

func (d attendanceDoc) attendance() Attendance {
	return Attendance{
		Session: d.Session, Class: d.Class, Person: d.Person, As: d.As, ScannedIn: d.ScannedIn, ScannedOut: d.ScannedOut,
		SentIn: d.SentIn, SentOut: d.SentOut, Device: d.Device, DeviceOut: d.DeviceOut, Shared: d.Shared, Elsewhere: d.Elsewhere,
		Words: d.Words, Refusal: d.Refusal, ChangedAt: d.ChangedAt, Stored: d.Version,
	}
}

func docOfAttendance(a Attendance) attendanceDoc {
	return attendanceDoc{
		Doc: store.Doc{ID: attendanceID(a.Session, a.Person), Version: a.Stored}, Session: a.Session, Class: a.Class,
		Person: a.Person, As: a.As, ScannedIn: a.ScannedIn, ScannedOut: a.ScannedOut,
		SentIn: a.SentIn, SentOut: a.SentOut, Device: a.Device, DeviceOut: a.DeviceOut, Shared: a.Shared, Elsewhere: a.Elsewhere,
		Words: a.Words, Refusal: a.Refusal,
		ChangedAt: a.ChangedAt,
	}
}
