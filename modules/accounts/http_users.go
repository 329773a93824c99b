package accounts

import (
	"context"
	"net/url"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/listing"
	"carecert/modules/kit/web"
)

func routesUsers(r *web.Router, h *handlers) {
	h.exportRoutes(r) // before what takes any id
	web.Post(r, "/users", web.May("user", "create"), h.create, web.First(h.hashPassword), web.Summary("Make an account"))
	web.Get(r, "/users", web.May("user", "list"), h.list, web.Summary("Accounts, by user name"))
	web.Get(r, "/users/roles", web.May("user", "create"), h.grantable, web.Summary("The roles that one may give, and where each is held"))
	web.Get(r, "/users/{id}", web.May("user", "read"), h.read, web.Summary("One account"))
	web.Patch(r, "/users/{id}", web.May("user", "update"), h.update, web.Summary("Change an account: grants, name, password, disabled"))
	web.Post(r, "/users/activations", web.May("user", "activate"), h.slips, web.Summary("Slips with one-time codes for people, to be printed"))
	web.Post(r, "/public/activations", web.Public("user", "redeem"), h.redeem, web.Summary("Redeem a slip: set a password and sign in"), web.Pace(60, 60))
}

type grantableView struct {
	Role  kernel.Role `json:"role" enum:"admin,cityBureau,districtBureau,subdistrict,institution,school,assessor,caregiver,auditor"`
	Kinds []string    `json:"kinds" doc:"kinds of organisation at which it is held; empty where it needs none"`
}

type grantablesView struct {
	Items []grantableView `json:"items"`
}

func (h *handlers) grantable(ctx context.Context, _ *struct{}) (*web.Body[grantablesView], error) {
	v := grantablesView{Items: []grantableView{}}
	for _, g := range Grantables(kernel.ActorFrom(ctx)) {
		v.Items = append(v.Items, grantableView{g.Role, append([]string{}, g.Kinds...)})
	}
	return web.Answer(v), nil
}

type createUserInput struct {
	password Password
	Body     struct {
		Username    string      `json:"username" minLength:"2" maxLength:"64" pattern:"^[A-Za-z0-9._@-]+$"`
		DisplayName string      `json:"displayName" minLength:"1" maxLength:"80"`
		Password    string      `json:"password" minLength:"8" maxLength:"128"`
		Grants      []grantView `json:"grants" minItems:"1" maxItems:"20"`
		PersonID    string      `json:"personId,omitempty" maxLength:"64"`
	}
}

func (h *handlers) hashPassword(ctx context.Context, in *createUserInput) (err error) {
	in.password, err = h.s.Password(ctx, in.Body.Password)
	return err
}

func (h *handlers) create(ctx context.Context, in *createUserInput) (*web.Versioned[userView], error) {
	u, err := h.s.Create(ctx, Draft{
		Username: in.Body.Username, DisplayName: in.Body.DisplayName, Password: in.password,
		Grants: grantsFrom(in.Body.Grants), Person: kernel.PersonID(in.Body.PersonID),
	})
	if err != nil {
		return nil, err
	}
	return web.AnswerVersion(viewUser(u), u.Stored), nil
}

// ListUsersInput asks for accounts; exported because huma reads the fields of
// exported embedded types only.
type ListUsersInput struct {
	OrganizationID string `query:"organizationId" maxLength:"64" doc:"only accounts of this organisation and everything under it"`
	Q              string `query:"q" maxLength:"64" doc:"how the user name begins"`
	web.PageInput
}

func (h *handlers) list(ctx context.Context, in *ListUsersInput) (*web.Body[web.List[userView]], error) {
	page, err := h.s.List(ctx, kernel.OrganizationID(in.OrganizationID), in.Q, in.Limit, in.Cursor)
	if err != nil {
		return nil, err
	}
	views := listing.Map(page, viewUser)
	return web.Answer(web.NewList(views.Items, views.Next, views.Total, views.More)), nil
}

func (h *handlers) read(ctx context.Context, in *idInput) (*web.Versioned[userView], error) {
	u, err := h.s.inReach(ctx, kernel.UserID(in.ID))
	if err != nil {
		return nil, err
	}
	return web.AnswerVersion(viewUser(u), u.Stored), nil
}

type updateUserInput struct {
	ID string `path:"id" maxLength:"64"`
	web.IfMatch
	Body struct {
		DisplayName  *string     `json:"displayName,omitempty" minLength:"1" maxLength:"80"`
		Grants       []grantView `json:"grants,omitempty" minItems:"1" maxItems:"20"`
		Disabled     *bool       `json:"disabled,omitempty"`
		Password     *string     `json:"password,omitempty" minLength:"8" maxLength:"128"`
		SecondFactor *bool       `json:"secondFactor,omitempty" enum:"false" doc:"false ends it, for who has lost the device"`
	}
}

func (h *handlers) update(ctx context.Context, in *updateUserInput) (*web.Versioned[userView], error) {
	c := Change{DisplayName: in.Body.DisplayName, Disabled: in.Body.Disabled, SecondFactor: in.Body.SecondFactor}
	if in.Body.Password != nil {
		var err error
		if c.Password, err = h.s.Password(ctx, *in.Body.Password); err != nil {
			return nil, err
		}
	}
	if in.Body.Grants != nil {
		c.Grants = grantsFrom(in.Body.Grants)
	}
	u, err := h.s.Update(ctx, kernel.UserID(in.ID), c, func(stored int64) error { return web.Check(in.IfMatch.IfMatch, stored) })
	if err != nil {
		return nil, err
	}
	return web.AnswerVersion(viewUser(u), u.Stored), nil
}

type slipsInput struct {
	Body struct {
		PersonIDs []string `json:"personIds" minItems:"1" maxItems:"200" uniqueItems:"true"`
	}
}

type slipView struct {
	PersonID  string    `json:"personId"`
	Name      string    `json:"name"`
	Username  string    `json:"username"`
	Code      string    `json:"code" doc:"one time; told once"`
	URL       string    `json:"url" doc:"to print as QR"`
	ExpiresAt time.Time `json:"expiresAt"`
}

func (h *handlers) slips(ctx context.Context, in *slipsInput) (*web.Body[web.List[slipView]], error) {
	ids := make([]kernel.PersonID, 0, len(in.Body.PersonIDs))
	for _, id := range in.Body.PersonIDs {
		ids = append(ids, kernel.PersonID(id))
	}
	all, err := h.s.Slips(ctx, ids)
	if err != nil {
		return nil, err
	}
	items := make([]slipView, 0, len(all))
	for _, s := range all {
		items = append(items, slipView{
			PersonID: string(s.Person), Name: s.Name, Username: s.Username, Code: s.Code,
			URL: h.baseURL + "/m/activate?code=" + url.QueryEscape(s.Code), ExpiresAt: s.ExpiresAt,
		})
	}
	return web.Answer(web.NewList(items, "", int64(len(items)), false)), nil
}

type redeemInput struct {
	Body struct {
		Code     string `json:"code" minLength:"8" maxLength:"40"`
		Password string `json:"password" minLength:"8" maxLength:"128"`
	}
}

func (h *handlers) redeem(ctx context.Context, in *redeemInput) (*web.Body[sessionView], error) {
	s, err := h.s.Activate(ctx, in.Body.Code, in.Body.Password)
	if err != nil {
		return nil, err
	}
	return h.opened(ctx, s), nil
}
