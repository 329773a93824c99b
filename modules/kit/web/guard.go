package web

import (
	"context"
	"crypto/subtle"
	"slices"

	"carecert/modules/kernel"
)

// Credentials are what a request carries to say who sends it.
type Credentials struct {
	Session string // the cookie
	Bearer  string // an API token
}

// Identity is who a request's credentials stand for.
type Identity struct {
	Actor kernel.Actor
	CSRF  string // must come with unsafe methods when the cookie was used
}

// Authenticator knows credentials; the accounts module does. An unknown or
// expired one is a fault of kind Unauthenticated.
type Authenticator interface {
	Authenticate(ctx context.Context, c Credentials) (Identity, error)
}

// Enforcer decides by role, noun and verb; kit/access does.
type Enforcer interface {
	Decide(role kernel.Role, noun, verb string) (scope string, ok bool)
}

// Expander adds to the roots of a grant: a school reaches the institutions
// that have commissioned it.
type Expander interface {
	Expand(ctx context.Context, g kernel.Grant) ([]kernel.OrganizationID, error)
}

// Denials hears of refused verbs, for the operation log.
type Denials interface {
	Denied(ctx context.Context, p Permission, path string)
}

// The scopes of a policy line.
const (
	ScopeAll  = "all"
	ScopeTree = "tree"
	ScopeOwn  = "own" // the tree, without what the Expander adds
	ScopeSelf = "self"
)

// The roles that nobody is granted: everybody, signed in or not, and everybody
// who has signed in, about themselves; a platform has not.
const (
	rolePublic   kernel.Role = "public"
	roleSignedIn kernel.Role = "signedIn"
)

// Guard lets requests in: who is it, may they, how far do they reach.
type Guard struct {
	Authenticator Authenticator
	Enforcer      Enforcer
	Expander      Expander // may be nil
	Denials       Denials  // may be nil
}

// request is what the guard needs to know of one.
type request struct {
	method, path, csrf string
	credentials        Credentials
}

// enter gives the context of a request that may go on.
func (g *Guard) enter(ctx context.Context, p Permission, r request) (context.Context, error) {
	if p.Open { // the policy's word was asked when the route was registered
		return kernel.WithReach(ctx, kernel.Reach{}), nil
	}
	who, err := g.Authenticator.Authenticate(ctx, r.credentials)
	if err != nil {
		return ctx, err
	}
	before := kernel.ActorFrom(ctx)
	who.Actor.Request, who.Actor.Address = before.Request, before.Address
	ctx = kernel.WithActor(ctx, who.Actor)
	if unsafe(r.method) && r.credentials.Bearer == "" && subtle.ConstantTimeCompare([]byte(r.csrf), []byte(who.CSRF)) != 1 {
		return ctx, errCSRF
	}
	reach, may, err := g.reach(ctx, who.Actor, p)
	if err != nil {
		return ctx, err
	}
	if !may {
		if g.Denials != nil {
			g.Denials.Denied(ctx, p, r.path)
		}
		return ctx, errForbidden
	}
	return kernel.WithReach(ctx, reach), nil
}

// Reach tells how far the actor of ctx may go with a further verb, for a
// route whose noun depends on its body; false when not at all.
func (g *Guard) Reach(ctx context.Context, noun, verb string) (kernel.Reach, bool, error) {
	return g.reach(ctx, kernel.ActorFrom(ctx), May(noun, verb))
}

// reach gathers how far the actor's grants carry the verb.
func (g *Guard) reach(ctx context.Context, a kernel.Actor, p Permission) (reach kernel.Reach, may bool, err error) {
	if a.System {
		return kernel.Reach{Everywhere: true}, true, nil
	}
	if _, ok := g.Enforcer.Decide(roleSignedIn, p.Noun, p.Verb); ok && a.Platform == "" {
		may = true
		reach.Self = a.Person
	}
	for _, grant := range a.Grants {
		scope, ok := g.Enforcer.Decide(grant.Role, p.Noun, p.Verb)
		if !ok {
			continue
		}
		may = true
		switch scope {
		case ScopeAll:
			reach.Everywhere = true
		case ScopeSelf:
			reach.Self = a.Person
		case ScopeTree, ScopeOwn:
			if grant.Organization != "" {
				reach.Roots = append(reach.Roots, grant.Organization)
			}
			if g.Expander == nil || scope == ScopeOwn {
				continue
			}
			more, err := g.Expander.Expand(ctx, grant)
			if err != nil {
				return reach, false, err
			}
			reach.Roots = append(reach.Roots, more...)
		}
	}
	slices.Sort(reach.Roots)
	reach.Roots = slices.Compact(reach.Roots)
	return reach, may, nil
}

// Also names a permission that a handler asks for by Guard.Reach, so that menus
// know it too.
func (r *Router) Also(p Permission) { r.further = append(r.further, p) }

// Permissions lists what grants allow as "noun:verb", for menus and buttons.
func (r *Router) Permissions(grants []kernel.Grant) []string {
	seen := map[string]bool{}
	asked := slices.Clone(r.further)
	for _, route := range r.routes {
		asked = append(asked, route.Permission)
	}
	for _, p := range asked {
		name := p.Noun + ":" + p.Verb
		if p.Open || seen[name] {
			continue
		}
		for _, g := range append([]kernel.Grant{{Role: roleSignedIn}}, grants...) {
			if _, ok := r.guard.Enforcer.Decide(g.Role, p.Noun, p.Verb); ok {
				seen[name] = true
			}
		}
	}
	out := make([]string, 0, len(seen))
	for name := range seen {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}
