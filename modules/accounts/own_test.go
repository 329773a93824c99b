package accounts_test

import (
	"net/http"
	"strings"
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/kit/store/storetest"
)

const caregiverGrant = `{"role":"caregiver"}`

// An office of long ago reads the record of somebody who works elsewhere. An
// account of theirs would read everything else.
func TestWhoKeepsAPersonNoMoreLeavesTheirAccountAlone(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		admin, home := h.admin(t), h.add(t, "home", institutionGrant)
		street := h.add(t, "street", streetGrant)
		home.want(t, draft("taken", caregiverGrant, "gone"), 404, "accounts.person_unknown")
		street.want(t, draft("taken", institutionGrant, "gone"), 404, "accounts.person_unknown")
		id := admin.want(t, draft("moved", caregiverGrant, "gone"), 201, "moved").field(t, "id")
		for _, change := range []string{
			`{"password":"their new one"}`, `{"secondFactor":false}`, `{"disabled":true}`, `{"disabled":false}`, `{"displayName":"X"}`,
			`{"grants":[` + caregiverGrant + `]}`, `{"grants":[` + institutionGrant + `]}`,
		} {
			home.want(t, "PATCH /users/"+id+" "+change, 403, "accounts.kept_elsewhere")
			street.want(t, "PATCH /users/"+id+" "+change, 403, "accounts.kept_elsewhere")
		}
		home.want(t, "GET /users/"+id, 200, "moved")
		home.want(t, "GET /users", 200, `"username":"moved"`)
		h.browser("192.0.2.3").signIn(t, "moved", "a password")
		admin.want(t, "PATCH /users/"+id+` {"password":"another password"}`, 200, "moved")
	})
}

// A post that somebody has left must not leave its office open.
func TestAnOfficeIsClosedWhereItIs(t *testing.T) {
	h := build(t, storetest.SQLite(t))
	admin, street := h.admin(t), h.add(t, "street", streetGrant)
	id := admin.want(t, draft("clerk", institutionGrant+","+caregiverGrant, "gone"), 201, "clerk").field(t, "id")
	elsewhere := admin.want(t, draft("other", strings.Replace(institutionGrant, "home-1", "home-2", 1), "gone"), 201, "other").field(t, "id")
	street.want(t, "PATCH /users/"+id+` {"disabled":true,"password":"their new one"}`, 403, "accounts.kept_elsewhere")
	street.want(t, "PATCH /users/"+id+` {"disabled":true}`, 200, `"disabled":true`)
	street.want(t, "PATCH /users/"+id+` {"disabled":false}`, 403, "accounts.kept_elsewhere")
	street.want(t, "PATCH /users/"+elsewhere+` {"disabled":true}`, 403, "accounts.grant_refused")
}

// A slip that was printed before somebody moved on opens nothing afterwards.
func TestASlipEndsWhenThePersonMovesOn(t *testing.T) {
	h := build(t, storetest.SQLite(t))
	home := h.add(t, "home", institutionGrant)
	next := h.add(t, "next", strings.Replace(institutionGrant, "home-1", "home-2", 1))
	redeem := func(code string) string {
		return `POST /public/activations {"code":"` + code + `","password":"my password"}`
	}
	_, old := home.slip(t, "li")
	h.register["li"] = []kernel.OrganizationID{"home-2", "street-2", "district"}
	must(t, h.service.FollowPeople(t.Context(), []kernel.PersonID{"li"}))
	h.browser("192.0.2.3").want(t, redeem(old), 404, "accounts.slip_unknown")
	_, fresh := next.slip(t, "li")
	h.browser("192.0.2.3").want(t, redeem(fresh), 201, `"personId":"li"`)
	_, central := h.admin(t).slip(t, "li")
	h.browser("192.0.2.3").want(t, redeem(central), 201, `"personId":"li"`)
}

func TestAPersonHasOneAccountAsACaregiver(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		home, admin := h.add(t, "home", institutionGrant), h.admin(t)
		admin.want(t, draft("officer", districtGrant, "li"), 201, "officer")
		id := home.want(t, draft("first", caregiverGrant, "li"), 201, "first").field(t, "id")
		second := home.want(t, draft("second", caregiverGrant, "li"), 409, "accounts.person_has_account")
		if !strings.Contains(second.body, "first") {
			t.Errorf("the account that there is stays unnamed: %s", second.body)
		}
		admin.want(t, draft("clerk", institutionGrant+","+caregiverGrant, "li"), 201, "clerk")
		home.want(t, "PATCH /users/"+id+` {"disabled":true}`, 200, `"disabled":true`)
		home.want(t, draft("third", caregiverGrant, "li"), 201, "third")
		home.want(t, "PATCH /users/"+id+` {"disabled":false}`, 409, "accounts.person_has_account")
		home.want(t, "PATCH /users/"+id+` {"displayName":"Old"}`, 200, `"Old"`)
		if name, _ := home.slip(t, "li"); name != "third" {
			t.Errorf("the slip is for %s", name)
		}
		home.want(t, draft("other", caregiverGrant, "wang"), 201, "other")
	})
}

func TestParallelPostsMakeOneAccount(t *testing.T) {
	each(t, func(t *testing.T, h *house) {
		home := h.add(t, "home", institutionGrant)
		lines := make([]string, 0, 6)
		for _, name := range []string{"a1", "a2", "a3", "a4", "a5", "a6"} {
			lines = append(lines, draft(name, caregiverGrant, "li"))
		}
		ids := atOnce(t, home, lines, http.StatusCreated)
		home.want(t, "GET /users", 200, `"total":2`)

		admin, closed := h.admin(t), ids
		for len(closed) < 3 {
			admin.want(t, "PATCH /users/"+closed[len(closed)-1]+` {"disabled":true}`, 200, "true")
			closed = append(closed, admin.want(t, draft("b"+closed[len(closed)-1], caregiverGrant, "li"), 201, "b").field(t, "id"))
		}
		admin.want(t, "PATCH /users/"+closed[2]+` {"disabled":true}`, 200, "true")
		lines = nil
		for _, id := range closed {
			lines = append(lines, "PATCH /users/"+id+` {"disabled":false}`)
		}
		atOnce(t, home, lines, http.StatusOK)
	})
}

// atOnce sends requests together: one succeeds, the others meet it.
func atOnce(t *testing.T, b *browser, lines []string, status int) (ids []string) {
	t.Helper()
	replies := make(chan reply, len(lines))
	for _, line := range lines {
		go func() {
			one := *b
			replies <- one.do(t, line)
		}()
	}
	for range lines {
		r := <-replies
		switch {
		case r.status == status:
			ids = append(ids, r.field(t, "id"))
		case r.status != http.StatusConflict || !strings.Contains(r.body, "accounts.person_has_account"):
			t.Errorf("%d %s", r.status, r.body)
		}
	}
	if len(ids) != 1 {
		t.Fatalf("%d of %d at once", len(ids), len(lines))
	}
	return ids
}
