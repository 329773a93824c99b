package audit

import (
	"context"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/kit/web"
)

// door lets everybody in as the bureau of the street that the bearer names;
// "all" is an auditor.
type door struct{}

func (door) Authenticate(_ context.Context, c web.Credentials) (web.Identity, error) {
	grant := kernel.Grant{Role: kernel.RoleDistrictBureau, Organization: kernel.OrganizationID(c.Bearer)}
	if c.Bearer == "all" {
		grant = kernel.Grant{Role: kernel.RoleAuditor}
	}
	return web.Identity{Actor: kernel.Actor{User: "reader", Name: "reader", Grants: []kernel.Grant{grant}}}, nil
}

func (door) Decide(role kernel.Role, noun, _ string) (string, bool) {
	scopes := map[kernel.Role]string{kernel.RoleAuditor: web.ScopeAll, kernel.RoleDistrictBureau: web.ScopeTree}
	return scopes[role], noun == "audit" && scopes[role] != ""
}

func TestHTTP(t *testing.T) {
	words, err := web.LoadWords(os.DirFS("../../policies"))
	must(t, err)
	for _, c := range []struct {
		name, reader, path string
		status             int
		present, absent    string
	}{
		{"an auditor reads everything, newest first", "all", "/audit?limit=2", 200, `"total":7`, `"subjectId":"4"`},
		{"the rest is on the next page", "all", "/audit?limit=2", 200, `"nextCursor":"`, `"nextCursor":null`},
		{"a street reads its own", "street-2", "/audit", 200, `"total":2`, `"subjectId":"0"`},
		{"by actor and noun", "all", "/audit?actor=wang&noun=person", 200, `"total":3`, `"name":"li"`},
		{"by user name", "all", "/audit?actor=xiaoli", 200, `"name":"li"`, `"name":"wang"`},
		{"by day", "all", "/audit?from=2026-03-02", 200, `"items":[]`, `"subjectId"`},
		{"a day that does not exist", "all", "/audit?from=2026-02-30", 422, "audit.bad_instant", `"items"`},
		{"a cursor of somebody else's making", "all", "/audit?cursor=xyz", 422, `"code"`, `"items"`},
		{"as CSV", "street-2", "/audit/export.csv", 200, "li,user-li,192.0.2.1,create,class,1,home-2", "home-1"},
		{"as a workbook", "all", "/audit/export.xlsx", 200, "PK", "audit.bad"},
		{"an export of a day that does not exist", "all", "/audit/export.csv?to=x", 422, "audit.bad_instant", "home"},
		{"an export with a parameter too long", "all", "/audit/export.csv?noun=" + strings.Repeat("x", 200), 422, `"code"`, "home"},
	} {
		t.Run(c.name, func(t *testing.T) {
			each(t, func(t *testing.T, w *world) {
				app := web.NewApp(web.Config{
					DB: w.db, Clock: w.clock, Log: slog.New(slog.DiscardHandler), Words: words,
					Guard: &web.Guard{Authenticator: door{}, Enforcer: door{}},
				})
				(&Module{Service: w.Service}).Routes(app.Router)
				app.Finish()
				must(t, w.db.Ensure(t.Context()))
				w.library(t)
				req := httptest.NewRequestWithContext(t.Context(), "GET", "/api/v1"+c.path, nil)
				req.Header.Set("Authorization", "Bearer "+c.reader)
				res, err := app.Fiber.Test(req, -1)
				must(t, err)
				body, err := io.ReadAll(res.Body)
				must(t, err)
				if res.StatusCode != c.status || !strings.Contains(string(body), c.present) || strings.Contains(string(body), c.absent) {
					t.Errorf("%d %s\nwant %d with %s without %s", res.StatusCode, body, c.status, c.present, c.absent)
				}
			})
		})
	}
}
