package accounts

import (
	"context"
	"strings"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/export"
	"carecert/modules/kit/web"
)

type exportUsersInput struct {
	ListUsersInput
	export.Why
}

// exportedUser has the roles in words, with the names of their organisations.
type exportedUser struct {
	userView
	roles string
}

// exportRoutes: the accounts of the list as a workbook; who works where is
// personal data, so a reason is asked for.
func (h *handlers) exportRoutes(r *web.Router) {
	s := h.s
	export.Route(r, "/users/export.xlsx", web.May("user", "exportList"), export.List[exportUsersInput, exportedUser]{
		Name: "accounts.export", Noun: "user", DB: s.repo.db, Audit: s.audit, Clock: s.clock, Log: s.log,
		Page: func(in *exportUsersInput) *web.PageInput { return &in.PageInput },
		Asked: func(in *exportUsersInput) export.Asked {
			return export.Asked{Organization: kernel.OrganizationID(in.OrganizationID), Reason: in.Reason, Detail: map[string]string{}}
		},
		Read: h.exportedUsers,
		Columns: []export.Column[exportedUser]{
			export.Plain("displayName", 16, func(v exportedUser) string { return v.DisplayName }),
			export.Plain("username", 20, func(v exportedUser) string { return v.Username }),
			export.Plain("roles", 44, func(v exportedUser) string { return v.roles }),
			{Key: "state", Width: 12, Text: func(ctx context.Context, v exportedUser) string {
				switch {
				case v.Disabled:
					return web.Text(ctx, "accounts.state.disabled")
				case !v.Activated:
					return web.Text(ctx, "accounts.state.waiting")
				}
				return web.Text(ctx, "accounts.state.active")
			}},
			{Key: "secondFactor", Width: 12, Text: func(ctx context.Context, v exportedUser) string {
				return web.Text(ctx, map[bool]string{true: "export.yes", false: "export.no"}[v.SecondFactor])
			}},
			export.Plain("createdOn", 12, func(v exportedUser) string { return v.CreatedAt.In(kernel.Shanghai()).Format(time.DateOnly) }),
		},
	}, "The accounts of the list as a workbook; asks for a reason")
}

func (h *handlers) exportedUsers(ctx context.Context, in *exportUsersInput) (*web.Body[web.List[exportedUser]], error) {
	page, err := h.list(ctx, &in.ListUsersInput)
	if err != nil {
		return nil, err
	}
	var offices []kernel.OrganizationID
	for _, u := range page.Body.Items {
		for _, g := range u.Grants {
			if g.OrganizationID != "" {
				offices = append(offices, kernel.OrganizationID(g.OrganizationID))
			}
		}
	}
	cards, err := h.s.organizations.Cards(ctx, offices)
	if err != nil {
		return nil, err
	}
	items := make([]exportedUser, 0, len(page.Body.Items))
	for _, u := range page.Body.Items {
		var roles []string
		for _, g := range u.Grants {
			role := web.Text(ctx, "accounts.role."+g.Role)
			if office := cards[kernel.OrganizationID(g.OrganizationID)].Name; office != "" {
				role += " " + office
			}
			roles = append(roles, role)
		}
		items = append(items, exportedUser{userView: u, roles: strings.Join(roles, "、")})
	}
	return web.Answer(web.List[exportedUser]{Items: items, NextCursor: page.Body.NextCursor}), nil
}
