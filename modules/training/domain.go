package training

import (
	"time"

	"carecert/modules/kernel"
	"carecert/modules/training/rule"
)

// Category is what a course is about (CONTRACT §3).
type Category string

// The categories.
const (
	CategoryPreJob              Category = "preJob"
	CategoryInService           Category = "inService"
	CategorySkillLevel          Category = "skillLevel"
	CategoryStandards           Category = "standards"
	CategoryMedical             Category = "medical"
	CategoryFireSafety          Category = "fireSafety"
	CategoryManagement          Category = "management"
	CategoryContinuingEducation Category = "continuingEducation"
	CategoryDegree              Category = "degree"
	CategoryInformalCare        Category = "informalCare"
	CategoryOther               Category = "other"
)

// Mode is how a course or session is taught.
type Mode string

// The modes: 集中学习, 远程教育, 岗位培训.
const (
	ModeClassroom Mode = "classroom"
	ModeRemote    Mode = "remote"
	ModeOnTheJob  Mode = "onTheJob"
)

// OrganiserTier is who stands behind a class: 市, 区, 镇街, 机构.
type OrganiserTier string

// The tiers.
const (
	TierCity        OrganiserTier = "city"
	TierDistrict    OrganiserTier = "district"
	TierSubdistrict OrganiserTier = "subdistrict"
	TierInstitution OrganiserTier = "institution"
)

// Terms are what a course promises. A class keeps the terms it was opened
// under, whatever becomes of the course.
type Terms struct {
	Title                 string   `bson:"title"`
	Category              Category `bson:"category"`
	ClassHours            int      `bson:"classHours"`
	Mode                  Mode     `bson:"mode"`
	StandardCodes         []string `bson:"standardCodes"`
	Audience              string   `bson:"audience"`
	LearnerLevels         []int    `bson:"learnerLevels,omitempty"` // that its learners hold now; 0 is none, empty is any
	CountsTowardInService bool     `bson:"countsTowardInService"`
	HasTest               bool     `bson:"hasTest"`
	MinAttendancePercent  int      `bson:"minAttendancePercent"` // 0: the rule row's

	Syllabus  []Unit     `bson:"syllabus,omitempty"`
	Materials []Material `bson:"materials,omitempty"`
}

// For is whom the course is meant for, as the rules see it.
func (t Terms) For() rule.Audience {
	a := rule.Audience{Kind: t.Audience}
	for _, l := range t.LearnerLevels {
		a.Levels = append(a.Levels, kernel.SkillLevel(l))
	}
	return a
}

// Course is a line of the catalogue at its latest version.
type Course struct {
	ID         kernel.CourseID
	Version    int
	Terms      Terms
	Owner      []kernel.OrganizationID // path of who publishes it; empty: the house
	By         kernel.UserID
	RecordedAt time.Time
	Stored     int64 // for If-Match
}

// Revise publishes the next version; the versions before stay as they were.
func (c Course) Revise(t Terms, by kernel.UserID, at time.Time) Course {
	c.Version++
	c.Terms, c.By, c.RecordedAt = t, by, at
	return c
}
