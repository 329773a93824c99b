package kernel

import (
	"context"
	"slices"
)

// Role is what an account may be in an organisation (CONTRACT §3).
type Role string

// The roles. Their rights are policies/access/policy.csv, nothing here.
const (
	RoleAdmin          Role = "admin"
	RoleCityBureau     Role = "cityBureau"
	RoleDistrictBureau Role = "districtBureau"
	RoleSubdistrict    Role = "subdistrict"
	RoleInstitution    Role = "institution"
	RoleSchool         Role = "school"
	RoleAssessor       Role = "assessor"
	RoleCaregiver      Role = "caregiver"
	RoleAuditor        Role = "auditor"
	RolePlatform       Role = "platform" // of keys, never of accounts
)

// Grant gives a role in an organisation; admin and auditor may have none,
// which means everywhere.
type Grant struct {
	Role         Role           `json:"role" bson:"role"`
	Organization OrganizationID `json:"organizationId,omitempty" bson:"organization,omitempty"`
}

// Actor is who asks. The zero Actor is the public; System acts for the program.
type Actor struct {
	User     UserID
	Person   PersonID
	Platform string // the key by which another platform asks; "" for people
	Name     string
	Grants   []Grant
	System   bool
	Request  string // request id, for the log and the audit row
	Address  string // peer address, for the audit row
}

// InOffice tells whether the actor is a bureau or street with an organisation,
// whose path is given, in its tree: the role decides, not the reach alone.
func (a Actor) InOffice(path []OrganizationID) bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool {
		switch g.Role {
		case RoleSubdistrict, RoleDistrictBureau, RoleCityBureau:
			return slices.Contains(path, g.Organization)
		default:
			return false
		}
	})
}

// Reach is how far the verb at hand goes for the actor: everywhere, or the
// subtrees under Roots, or the person themselves. Services scope every query
// with it; what is out of reach answers 404.
type Reach struct {
	Everywhere bool
	Roots      []OrganizationID
	Self       PersonID
}

// Covers tells whether something whose path (itself and all its ancestors) is
// given lies in reach.
func (r Reach) Covers(path []OrganizationID) bool {
	if r.Everywhere {
		return true
	}
	return slices.ContainsFunc(path, func(o OrganizationID) bool { return slices.Contains(r.Roots, o) })
}

// CoversPerson is Covers, or oneself.
func (r Reach) CoversPerson(p PersonID, path []OrganizationID) bool {
	return (r.Self != "" && r.Self == p) || r.Covers(path)
}

type actorKey struct{}

type reachKey struct{}

// WithActor puts the actor into the context.
func WithActor(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, a)
}

// ActorFrom reads the actor; the zero Actor when there is none.
func ActorFrom(ctx context.Context) Actor { a, _ := ctx.Value(actorKey{}).(Actor); return a }

// WithReach puts the reach of the verb at hand into the context.
func WithReach(ctx context.Context, r Reach) context.Context {
	return context.WithValue(ctx, reachKey{}, r)
}

// ReachFrom reads the reach; nothing at all when the guard set none.
func ReachFrom(ctx context.Context) Reach { r, _ := ctx.Value(reachKey{}).(Reach); return r }

// AsSystem acts for the program itself: background work and reactions.
func AsSystem(ctx context.Context, name string) context.Context {
	return WithReach(WithActor(ctx, Actor{System: true, Name: name}), Reach{Everywhere: true})
}
