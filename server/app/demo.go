package app

import (
	"context"
	"errors"
	"net/http"
	"time"

	"carecert/modules/accounts"
	"carecert/modules/kernel"
	"carecert/modules/kit/secret"
	"carecert/modules/kit/store"
	"carecert/server/demo"
)

// demoDoc tells of the demo data: "loading" stands while they load, and a start
// that finds it knows that loading was cut short before anybody could get in;
// "loaded" stands from then on.
type demoDoc struct {
	store.Doc `bson:",inline"`
	At        time.Time `bson:"at"`
	OwnAdmin  bool      `bson:"ownAdmin"` // the administrator got a password that is not the demo's
}

const (
	demoLoading = "loading"
	demoLoaded  = "loaded"
)

func openDemo(db *store.DB) *store.Collection[demoDoc] {
	return store.Open[demoDoc](db, store.Spec{Name: "server_demo"})
}

// clearDemo empties a database in which loading the demo data was cut short, so
// that they load whole. Nobody's work is lost: the server listens only after.
func (a *App) clearDemo(ctx context.Context) error {
	if _, err := a.demo.Get(ctx, demoLoading); errors.Is(err, store.ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	a.house.log.InfoContext(ctx, "the demo data were cut short; loading them anew")
	if err := a.DB.Clear(ctx, secret.Collection, a.demo.Name()); err != nil {
		return err
	}
	return a.demo.Delete(ctx, demoLoading, 0)
}

// fillDemo makes the administrator of an empty database and loads the demo data
// into it. The password is the administrator's, the demo's when empty.
func (a *App) fillDemo(ctx context.Context, password string) error {
	if _, err := a.Accounts.Service.Find(ctx, "admin"); err == nil {
		return nil
	}
	own := password != "" && password != demo.Password
	if password == "" {
		password = demo.Password
	}
	if err := a.demo.Put(ctx, &demoDoc{Doc: store.Doc{ID: demoLoading}, At: a.Clock.Now()}); err != nil {
		return err
	}
	if _, made, err := a.Accounts.Service.Bootstrap(ctx, password); err != nil || !made {
		return err
	}
	if err := a.loadDemo(ctx, password); err != nil {
		return err
	}
	if err := a.demo.Put(ctx, &demoDoc{Doc: store.Doc{ID: demoLoaded}, At: a.Clock.Now(), OwnAdmin: own}); err != nil {
		return err
	}
	return a.demo.Delete(ctx, demoLoading, 0)
}

// loadDemo fills the database through the API, as the administrator.
func (a *App) loadDemo(ctx context.Context, password string) error {
	a.house.log.InfoContext(ctx, "loading demo data: this takes a moment")
	a.Web.Muted.Store(true)
	defer a.Web.Muted.Store(false)
	in, err := a.Accounts.Service.SignIn(ctx, accounts.Login{Username: "admin", Password: password})
	if err != nil {
		return err
	}
	actor := kernel.Actor{User: in.User.ID, Name: in.User.DisplayName, Grants: in.User.Grants}
	token, err := a.Accounts.Service.AddToken(kernel.WithActor(ctx, actor), "demo", a.Clock.Now().Add(time.Hour))
	if err != nil {
		return err
	}
	do := func(r *http.Request) (*http.Response, error) { return a.Web.Fiber.Test(r, -1) }
	return errors.Join(
		demo.Load(ctx, do, token.Secret, a.Clock.Now()),
		a.Accounts.Service.RemoveToken(kernel.WithActor(ctx, actor), token.ID),
		a.Accounts.Service.SignOut(kernel.WithActor(ctx, actor), in.Token),
	)
}

// demoLogins lists who may still sign in with the demo's password.
func (a *App) demoLogins(ctx context.Context) ([]Login, error) {
	loaded, err := a.demo.Get(ctx, demoLoaded)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	all := demo.Logins()
	if !loaded.OwnAdmin {
		all = append([]demo.Login{{Username: "admin", Role: string(kernel.RoleAdmin)}}, all...)
	}
	var out []Login
	for _, l := range all {
		u, err := a.Accounts.Service.Find(ctx, l.Username)
		if err == nil && !u.Disabled && !u.PasswordedAt.After(loaded.At) {
			out = append(out, Login{l.Username, demo.Password, l.Role})
		}
	}
	return out, nil
}
