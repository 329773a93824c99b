// Package rule decides what attendance proves and who completes a class:
// facts and a dated rule row in, an answer with its reasons out.
package rule

import "carecert/modules/kernel"

// Row holds the figures of one region and period (policies/rules/training.yaml).
type Row struct {
	kernel.RuleHead      `yaml:",inline"`
	PassMark             int            `yaml:"passMark" json:"passMark"` // points of 100
	MinAttendancePercent int            `yaml:"minAttendancePercent" json:"minAttendancePercent"`
	CheckInOpensMinutes  kernel.Minutes `yaml:"checkInOpensMinutes" json:"checkInOpensMinutes"` // before the start
	LateAfterMinutes     kernel.Minutes `yaml:"lateAfterMinutes" json:"lateAfterMinutes"`       // after the start
	LeaveBeforeMinutes   kernel.Minutes `yaml:"leaveBeforeMinutes" json:"leaveBeforeMinutes"`   // before the first session
	SwapBeforeMinutes    kernel.Minutes `yaml:"swapBeforeMinutes" json:"swapBeforeMinutes"`     // before the first session
	MakeUpDays           int            `yaml:"makeUpDays" json:"makeUpDays"`                   // after a class's last day, for a session
	RemindBeforeMinutes  kernel.Minutes `yaml:"remindBeforeMinutes" json:"remindBeforeMinutes"` // before each session
	SharedDevice         string         `yaml:"sharedDevice" json:"sharedDevice"`               // a second person on one phone: "refuse" or "word"
	DeviceRequired       bool           `yaml:"deviceRequired" json:"deviceRequired"`           // a scan without a phone's key is refused
	OfflineHours         int            `yaml:"offlineHours" json:"offlineHours"`               // after the code was shown; 0: none is taken
	OfflineNeedsWord     bool           `yaml:"offlineNeedsWord" json:"offlineNeedsWord"`       // such a scan waits for the teacher's word
	SheetMaxBytes        int64          `yaml:"sheetMaxBytes" json:"sheetMaxBytes"`             // of a photo of a signed sheet
	SheetsMost           int            `yaml:"sheetsMost" json:"sheetsMost"`                   // of a session
	Audiences            []string       `yaml:"audiences" json:"audiences"`                     // words of a course's audience that name a kind of people
	Remote               Remote         `yaml:"remote" json:"remote"`
	OnTheJob             OnTheJob       `yaml:"onTheJob" json:"onTheJob"`
	House                []string       `yaml:"house" json:"house"` // figures that are ours, not the document's
}
