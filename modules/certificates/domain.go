package certificates

import (
	"time"

	v1 "carecert/modules/certificates/format/v1"
	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
)

// Refusals.
var (
	ErrUnknown        = fault.New(fault.NotFound, "certificates.unknown")
	ErrNotValid       = fault.New(fault.Conflict, "certificates.not_valid")
	ErrNotOurs        = fault.New(fault.Conflict, "certificates.not_issued_here")
	ErrNumberTaken    = fault.New(fault.Conflict, "certificates.number_taken")
	ErrNumber         = fault.New(fault.Invalid, "certificates.number_refused")
	ErrTouched        = fault.New(fault.Conflict, "certificates.import_decided")
	ErrDecided        = fault.New(fault.Conflict, "certificates.already_verified")
	ErrText           = fault.New(fault.Invalid, "certificates.qr_text_length")
	ErrOfficeUnknown  = fault.New(fault.NotFound, "certificates.organization_unknown")
	ErrPersonUnknown  = fault.New(fault.NotFound, "certificates.person_unknown")
	ErrFuture         = fault.New(fault.Invalid, "certificates.issued_in_future")
	ErrBeforeBirth    = fault.New(fault.Invalid, "certificates.issued_before_birth")
	ErrStatusListGone = fault.New(fault.NotFound, "certificates.status_list_unknown")
	ErrKeyOutside     = fault.New(fault.Conflict, "certificates.key_outside")
	ErrKeyUnknown     = fault.New(fault.NotFound, "certificates.key_unknown")
	ErrGlyph          = fault.New(fault.Conflict, "certificates.character_unprintable")
	ErrCertifiedSince = fault.New(fault.Conflict, "certificates.certified_since")
	ErrNotLogged      = fault.New(fault.NotFound, "certificates.not_logged_yet")
	ErrIssuedHere     = fault.New(fault.Conflict, "certificates.issued_here")
	ErrVerified       = fault.New(fault.Conflict, "certificates.withdraw_verified")
	ErrNotRegistrar   = fault.New(fault.Forbidden, "certificates.not_registrar")
	ErrTooManyProbes  = fault.New(fault.TooMany, "certificates.too_many_probes")
	ErrDisputed       = fault.New(fault.Conflict, "certificates.disputed")
	ErrSecondPerson   = fault.New(fault.Conflict, "certificates.second_person")
	ErrNoWord         = fault.New(fault.Conflict, "certificates.not_verified_yet")
	ErrSameWord       = fault.New(fault.Conflict, "certificates.same_word")
	ErrBodyUnknown    = fault.New(fault.NotFound, "certificates.body_unknown")
	ErrBodyNotValid   = fault.New(fault.Conflict, "certificates.body_not_valid")
	ErrBodyCode       = fault.New(fault.Conflict, "certificates.body_code")
	ErrOccupation     = fault.New(fault.Invalid, "certificates.occupation_refused")
	ErrLevelHeld      = fault.New(fault.Conflict, "certificates.level_held")
	ErrKeyLost        = fault.New(fault.Conflict, "certificates.key_lost")
	ErrAltered        = fault.New(fault.Conflict, "certificates.altered")
	ErrBulkSize       = fault.New(fault.Invalid, "certificates.bulk_size")
	ErrSerialsUsedUp  = fault.New(fault.Conflict, "certificates.serials_used_up")
)

// Family is the kind of a certificate.
type Family string

// The families. What is registered was issued by others; the rest is issued
// and signed here.
const (
	FamilyTraining      Family = "trainingCompletion" // 培训合格证书
	FamilyInServiceYear Family = "inServiceYear"      // 年度在岗培训证明
	FamilyContest       Family = "contestAward"
	FamilyHonour        Family = "honour"
	FamilySkillLevel    Family = "skillLevel"        // 职业技能等级证书
	FamilyQualification Family = "qualification"     // 国家职业资格证书
	FamilyCivilService  Family = "civilServiceGrade" // 机关事业单位工勤人员技术等级证书
)

// Status of a certificate: claimed, rejected and withdrawn are of registered
// ones only.
type Status string

// The statuses.
const (
	StatusClaimed    Status = "unverified" // registered, not yet confirmed
	StatusRejected   Status = "rejected"   // refuted
	StatusWithdrawn  Status = "withdrawn"  // a mistake, taken back by who registered it
	StatusValid      Status = "valid"
	StatusSuperseded Status = "superseded"
	StatusRevoked    Status = "revoked"
)

func statuses() []Status {
	return []Status{StatusClaimed, StatusRejected, StatusValid, StatusSuperseded, StatusRevoked, StatusWithdrawn}
}

// Certificate is what was certified. Everything down to QRText is frozen when
// it is issued or registered: later changes of a name, a template or a course
// never change it.
type Certificate struct {
	ID         kernel.CertificateID
	Family     Family
	Origin     string // "issued" here, or "registered"
	Person     kernel.PersonID
	Name       string // of the holder, as printed
	IDType     string
	IDMasked   string
	NameMasked string
	Number     string
	Serial     uint32 // of the issuer, and
	Sequence   uint32 // the count of its year: both are in the number
	Code       string // public code, issued ones only
	Issuer     kernel.OrganizationID
	IssuerName string
	IssuedOn   kernel.Date
	ExpiresOn  kernel.Date // "" never
	Title      string
	Level      kernel.SkillLevel
	Minutes    kernel.Minutes
	PerHour    kernel.Minutes // how long a class hour is on it
	Tested     bool           // a test was passed for it
	Occupation string
	Direction  string      // 工种/职业方向, of a level issued here
	Template   TemplateRef // what it is printed from
	Wording    string      // the words it is printed with; "" the first that were kept
	StatusAt   uint32      // place in the status lists
	QRText     string
	Source     string // what it was issued for: "training.class:…", unique with the person
	Class      kernel.ClassID
	RecordedAt time.Time
	RecordedBy kernel.UserID
	Offices    []kernel.OrganizationID // whom it was registered for
	Import     string
	Format     FormatCheck
	Findings   []kernel.Reason // of the number's check, for the verifier

	Status       Status
	Verification *Verification  // the word that stands; nil while none does
	Words        []Verification // all that was said of it, the oldest first
	Files        []File         // what was seen
	Disputed     bool           // somebody else is said to hold it
	Revocation   *Change
	Withdrawal   *Change
	Replaces     kernel.CertificateID
	ReplacedBy   kernel.CertificateID
	Replacement  *Change
	Reach        []kernel.OrganizationID
	Stored       int64
}

// Change is a revocation, replacement or withdrawal.
type Change struct {
	Reason string
	By     kernel.UserID
	ByName string
	On     kernel.Date
	At     time.Time
}

// Issued tells certificates that are signed here.
func (c Certificate) Issued() bool { return c.Origin == OriginIssued }

// Where a certificate comes from.
const (
	OriginIssued     = "issued"
	OriginRegistered = "registered"
)

// Revoke withdraws a certificate for good; ErrNotValid.
func (c Certificate) Revoke(by kernel.Actor, why string, at time.Time) (Certificate, error) {
	if c.Status != StatusValid && c.Status != StatusClaimed {
		return c, ErrNotValid.With("status", c.Status)
	}
	c.Status = StatusRevoked
	c.Revocation = &Change{Reason: why, By: by.User, ByName: by.Name, On: kernel.DateOf(at), At: at}
	return c, nil
}

// Supersede marks a certificate that another one takes the place of.
func (c Certificate) Supersede(next kernel.CertificateID, by kernel.Actor, why string, at time.Time) (Certificate, error) {
	if !c.Issued() {
		return c, ErrNotOurs
	}
	if c.Status != StatusValid {
		return c, ErrNotValid.With("status", c.Status)
	}
	c.Status, c.ReplacedBy = StatusSuperseded, next
	c.Replacement = &Change{Reason: why, By: by.User, ByName: by.Name, On: kernel.DateOf(at), At: at}
	return c, nil
}

// facts are what goes into the QR code.
func (c Certificate) facts(key uint32, code []byte, idNumber string) v1.Facts {
	f := v1.Facts{
		Key: key, Code: code, Family: v1.FamilyNumber(string(c.Family)), NameMasked: c.NameMasked, Issuer: c.IssuerName,
		IssuedOn: v1.Days(c.IssuedOn), ExpiresOn: v1.Days(c.ExpiresOn), Title: c.Title,
		Level: uint8(c.Level), Minutes: uint16(min(65535, max(0, int(c.Minutes)))), //nolint:gosec // bounded
		Identity: v1.IdentityHash(code, idNumber), Status: c.StatusAt, Serial: c.Serial, Sequence: c.Sequence,
	}
	if c.Serial == 0 { // by the rule of whoever numbers levels
		f.Numbered = c.Number
	}
	return f.Fitted()
}
