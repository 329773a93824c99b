package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"carecert/modules/accounts"
	"carecert/modules/kernel"
	"carecert/modules/kit/secret"
	"carecert/modules/kit/store"
	"carecert/server/demo"
)

// demoDoc stands while the demo data load: a start that finds it knows that
// loading was cut short before anybody could get in.
type demoDoc struct {
	store.Doc `bson:",inline"`
	Since     time.Time `bson:"since"`
}

const demoID = "loading"

func openDemo(db *store.DB) *store.Collection[demoDoc] {
	return store.Open[demoDoc](db, store.Spec{Name: "server_demo"})
}

// clearDemo empties a database in which loading the demo data was cut short, so
// that they load whole. Nobody's work is lost: the server listens only after.
func (a *App) clearDemo(ctx context.Context) error {
	if _, err := a.demo.Get(ctx, demoID); errors.Is(err, store.ErrNotFound) {
		return nil
	} else if err != nil {
		return err
	}
	a.house.log.InfoContext(ctx, "the demo data were cut short; loading them anew")
	if err := a.DB.Clear(ctx, secret.Collection, a.demo.Name()); err != nil {
		return err
	}
	return a.demo.Delete(ctx, demoID, 0)
}

// announceDemo notes that a database without an administrator is about to be
// filled.
func (a *App) announceDemo(ctx context.Context) error {
	if _, err := a.Accounts.Service.Find(ctx, "admin"); err == nil {
		return nil
	}
	return a.demo.Put(ctx, &demoDoc{Doc: store.Doc{ID: demoID}, Since: a.Clock.Now()})
}

// loadDemo fills the database through the API, as the administrator.
func (a *App) loadDemo(ctx context.Context, password string) error {
	a.house.log.InfoContext(ctx, "loading demo data: this takes a moment")
	a.Web.Muted.Store(true)
	defer a.Web.Muted.Store(false)
	in, err := a.Accounts.Service.SignIn(ctx, accounts.Login{Username: "admin", Password: password})
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	actor := kernel.Actor{User: in.User.ID, Name: in.User.DisplayName, Grants: in.User.Grants}
	token, err := a.Accounts.Service.AddToken(kernel.WithActor(ctx, actor), "demo", a.Clock.Now().Add(time.Hour))
	if err != nil {
		return fmt.Errorf("demo: %w", err)
	}
	do := func(r *http.Request) (*http.Response, error) { return a.Web.Fiber.Test(r, -1) }
	if err := errors.Join(
		demo.Load(ctx, do, token.Secret, kernel.DateOf(a.Clock.Now())),
		a.Accounts.Service.RemoveToken(kernel.WithActor(ctx, actor), token.ID),
		a.Accounts.Service.SignOut(kernel.WithActor(ctx, actor), in.Token),
	); err != nil {
		return err
	}
	return a.demo.Delete(ctx, demoID, 0)
}
