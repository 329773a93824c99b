package accounts

import (
	"context"
	"net/http"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

type handlers struct {
	s       *Service
	baseURL string
}

func routes(r *web.Router, s *Service, baseURL string) {
	h := &handlers{s, baseURL}
	web.Post(r, "/sessions", web.Public("session", "create"), h.signIn, web.Summary("Sign in"), web.Pace(600, 100))
	web.Get(r, "/sessions/current", web.May("session", "read"), h.current, web.Summary("Who is signed in and what they may do"))
	web.Delete(r, "/sessions/current", web.May("session", "delete"), h.signOut, web.Summary("Sign out"))
	web.Post(r, "/tokens", web.May("token", "create"), h.addToken, web.Summary("Make an API token; it is told once"))
	web.Get(r, "/tokens", web.May("token", "list"), h.tokens, web.Summary("One's own API tokens"))
	web.Delete(r, "/tokens/{id}", web.May("token", "delete"), h.removeToken, web.Summary("End an API token"))
	web.Put(r, "/users/me/password", web.May("user", "changePassword"), h.changePassword, web.Summary("Change one's password; other sessions end"))
	web.Act(r, "/users/me/second-factor", web.May("user", "secondFactor"), h.beginFactor, web.Summary("Draw a secret for an authenticator app"))
	web.Put(r, "/users/me/second-factor", web.May("user", "secondFactor"), h.confirmFactor, web.Summary("Turn the second factor on by a code"), web.Pace(10, 10))
	web.Act(r, "/users/me/second-factor/end", web.May("user", "secondFactor"), h.endFactor, web.Summary("Turn the second factor off by a code"), web.Pace(10, 10))
	routesUsers(r, h)
}

type grantView struct {
	Role           string `json:"role" enum:"admin,cityBureau,districtBureau,subdistrict,institution,school,assessor,caregiver,auditor"`
	OrganizationID string `json:"organizationId,omitempty" maxLength:"64" required:"false"`
}

type userView struct {
	ID           string      `json:"id"`
	Username     string      `json:"username"`
	DisplayName  string      `json:"displayName"`
	PersonID     string      `json:"personId,omitempty"`
	Disabled     bool        `json:"disabled"`
	SecondFactor bool        `json:"secondFactor"`
	Activated    bool        `json:"activated" doc:"false while a slip waits to be redeemed"`
	Grants       []grantView `json:"grants"`
	CreatedAt    time.Time   `json:"createdAt"`
}

func viewUser(u User) userView {
	v := userView{
		ID: string(u.ID), Username: u.Username, DisplayName: u.DisplayName, PersonID: string(u.Person),
		Disabled: u.Disabled, SecondFactor: u.TOTP != "", Activated: u.Password != "", Grants: []grantView{}, CreatedAt: u.CreatedAt,
	}
	for _, g := range u.Grants {
		v.Grants = append(v.Grants, grantView{Role: string(g.Role), OrganizationID: string(g.Organization)})
	}
	return v
}

func grantsFrom(views []grantView) []kernel.Grant {
	out := make([]kernel.Grant, 0, len(views))
	for _, v := range views {
		out = append(out, kernel.Grant{Role: kernel.Role(v.Role), Organization: kernel.OrganizationID(v.OrganizationID)})
	}
	return out
}

type sessionView struct {
	User        userView `json:"user"`
	CSRFToken   string   `json:"csrfToken" doc:"send it as X-CSRF-Token with every unsafe method"`
	Permissions []string `json:"permissions" doc:"noun:verb"`
}

// deviceCookie marks a browser in which a user has signed in before: failures
// elsewhere do not slow it down.
const deviceCookie = "carecert_device"

type signInInput struct {
	Device string `cookie:"carecert_device" maxLength:"128" required:"false"`
	Body   struct {
		Username string `json:"username" minLength:"1" maxLength:"64"`
		Password string `json:"password" minLength:"1" maxLength:"128"`
		OTP      string `json:"otp,omitempty" maxLength:"10" doc:"of the second factor, where there is one"`
	}
}

func (h *handlers) opened(ctx context.Context, in SignedIn) *web.Body[sessionView] {
	session, device := h.cookie(web.SessionCookie, in.Token), h.cookie(deviceCookie, in.Device)
	if !in.Session.Office { // an office session ends with the browser too
		session.MaxAge = int(personalWhole.Seconds())
	}
	device.MaxAge, device.Path = int(deviceKept.Seconds()), web.Prefix+"/sessions"
	web.SetCookie(ctx, session)
	web.SetCookie(ctx, device)
	return web.Answer(sessionView{User: viewUser(in.User), CSRFToken: in.Session.CSRF, Permissions: h.s.permissions(in.User.Grants)})
}

func (h *handlers) cookie(name, value string) http.Cookie {
	return http.Cookie{
		Name: name, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode,
		Secure: strings.HasPrefix(h.baseURL, "https://"),
	}
}

func (h *handlers) signIn(ctx context.Context, in *signInInput) (*web.Body[sessionView], error) {
	s, err := h.s.SignIn(ctx, Login{Username: in.Body.Username, Password: in.Body.Password, OTP: in.Body.OTP, Device: in.Device})
	if err != nil {
		return nil, err
	}
	return h.opened(ctx, s), nil
}

// TokenInput reads the session's own cookie; exported because huma reads the
// fields of exported embedded types only.
type TokenInput struct {
	Session string `cookie:"carecert_session" maxLength:"128" required:"false"`
}

func (h *handlers) current(ctx context.Context, in *TokenInput) (*web.Body[sessionView], error) {
	u, csrf, err := h.s.Current(ctx, in.Session)
	if err != nil {
		return nil, err
	}
	return web.Answer(sessionView{User: viewUser(u), CSRFToken: csrf, Permissions: h.s.permissions(u.Grants)}), nil
}

func (h *handlers) signOut(ctx context.Context, in *TokenInput) (*struct{}, error) {
	if err := h.s.SignOut(ctx, in.Session); err != nil {
		return nil, err
	}
	gone := h.cookie(web.SessionCookie, "")
	gone.MaxAge = -1
	web.SetCookie(ctx, gone)
	return nil, nil
}

type addTokenInput struct {
	Body struct {
		Name      string    `json:"name" minLength:"1" maxLength:"80"`
		ExpiresAt time.Time `json:"expiresAt" doc:"at most five years ahead"`
	}
}

type addedTokenView struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Token     string    `json:"token" doc:"told once"`
	ExpiresAt time.Time `json:"expiresAt"`
}

func (h *handlers) addToken(ctx context.Context, in *addTokenInput) (*web.Body[addedTokenView], error) {
	t, err := h.s.AddToken(ctx, in.Body.Name, in.Body.ExpiresAt)
	if err != nil {
		return nil, err
	}
	return web.Answer(addedTokenView{ID: t.ID, Name: t.Name, Token: t.Secret, ExpiresAt: t.ExpiresAt}), nil
}

type tokenView struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	CreatedAt time.Time `json:"createdAt"`
	ExpiresAt time.Time `json:"expiresAt"`
}

func (h *handlers) tokens(ctx context.Context, _ *struct{}) (*web.Body[web.List[tokenView]], error) {
	all, err := h.s.Tokens(ctx)
	if err != nil {
		return nil, err
	}
	items := make([]tokenView, 0, len(all))
	for _, t := range all {
		items = append(items, tokenView{ID: t.ID, Name: t.Name, CreatedAt: t.CreatedAt, ExpiresAt: t.ExpiresAt})
	}
	return web.Answer(web.NewList(items, "", int64(len(items)), false)), nil
}

type idInput struct {
	ID string `path:"id" maxLength:"64"`
}

func (h *handlers) removeToken(ctx context.Context, in *idInput) (*struct{}, error) {
	return nil, h.s.RemoveToken(ctx, in.ID)
}

type changePasswordInput struct {
	TokenInput
	Body struct {
		Current string `json:"current" minLength:"1" maxLength:"128"`
		New     string `json:"new" minLength:"8" maxLength:"128"`
	}
}

type doneView struct {
	Done bool `json:"done"`
}

func done(err error) (*web.Body[doneView], error) {
	if err != nil {
		return nil, err
	}
	return web.Answer(doneView{Done: true}), nil
}

func (h *handlers) changePassword(ctx context.Context, in *changePasswordInput) (*web.Body[doneView], error) {
	fresh, err := h.s.Password(ctx, in.Body.New)
	if err != nil {
		return nil, err
	}
	return done(h.s.ChangePassword(ctx, in.Body.Current, fresh, in.Session))
}

type factorView struct {
	URI string `json:"uri" doc:"otpauth://… to show as QR; told once"`
}

func (h *handlers) beginFactor(ctx context.Context, _ *struct{}) (*web.Body[factorView], error) {
	uri, err := h.s.BeginSecondFactor(ctx)
	if err != nil {
		return nil, err
	}
	return web.Answer(factorView{URI: uri}), nil
}

type codeInput struct {
	Body struct {
		Code string `json:"code" minLength:"6" maxLength:"10"`
	}
}

func (h *handlers) confirmFactor(ctx context.Context, in *codeInput) (*web.Body[doneView], error) {
	return done(h.s.ConfirmSecondFactor(ctx, in.Body.Code))
}

func (h *handlers) endFactor(ctx context.Context, in *codeInput) (*web.Body[doneView], error) {
	return done(h.s.EndSecondFactor(ctx, in.Body.Code))
}
