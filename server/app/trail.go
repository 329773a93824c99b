package app

import (
	"context"
	"errors"
	"maps"
	"slices"

	"carecert/modules/audit"
	"carecert/modules/kernel"
	"carecert/modules/people"
)

// trail gathers what the neighbours know of somebody beyond their record. It
// implements people.Trail; who may read it was decided by people.
type trail struct{ m *Modules }

// trailRows is how many rows of the log an export tells of, the latest first.
const trailRows = 1000

var errEnough = errors.New("enough rows")

// rows walks the log's rows about a thing that have one of the verbs.
func (t trail) rows(ctx context.Context, subject string, verbs []string, fn func(audit.Sequenced)) error {
	n := 0
	err := t.m.Audit.Service.Each(kernel.AsSystem(ctx, "trail"), audit.Filter{ID: subject}, func(e audit.Sequenced) error {
		if !slices.Contains(verbs, e.Verb) {
			return nil
		}
		if n++; n > trailRows {
			return errEnough
		}
		fn(e)
		return nil
	})
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

// Accounts implements people.Trail.
func (t trail) Accounts(ctx context.Context, person kernel.PersonID) ([]people.OwnAccount, error) {
	users, err := t.m.Accounts.Service.Of(ctx, person)
	if err != nil {
		return nil, err
	}
	var out []people.OwnAccount
	for _, u := range users {
		own := people.OwnAccount{Username: u.Username, Roles: []string{}, CreatedAt: u.CreatedAt, Disabled: u.Disabled, SecondFactor: u.TOTP != "", Uses: []people.AccessLog{}}
		for _, g := range u.Grants {
			own.Roles = append(own.Roles, string(g.Role))
		}
		err := t.rows(ctx, string(u.ID), []string{"signIn", "signInFailed", "signOut", "redeem", "changePassword", "update", "create"}, func(e audit.Sequenced) {
			own.Uses = append(own.Uses, people.AccessLog{At: e.At, Verb: e.Verb, Address: e.Address})
		})
		if err != nil {
			return nil, err
		}
		out = append(out, own)
	}
	return out, nil
}

// Disclosures implements people.Trail: looks of others, not one's own.
func (t trail) Disclosures(ctx context.Context, records []kernel.PersonID) ([]people.Disclosure, error) {
	var looks []audit.Sequenced
	for _, record := range records {
		err := t.rows(ctx, string(record), []string{"reveal", "probe", "outOfReach", "export"}, func(e audit.Sequenced) {
			if e.Person == "" || !slices.Contains(records, e.Person) {
				looks = append(looks, e)
			}
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(looks, func(a, b audit.Sequenced) int { return b.At.Compare(a.At) })
	var out []people.Disclosure
	var users []kernel.UserID
	for _, e := range looks {
		out = append(out, people.Disclosure{At: e.At, Verb: e.Verb, Field: e.Detail["field"], By: e.Name, Reason: e.Reason})
		users = append(users, e.User)
	}
	homes, err := t.m.Accounts.Service.Homes(ctx, users)
	if err != nil {
		return nil, err
	}
	cards, err := t.m.Organizations.Service.Cards(ctx, slices.Collect(maps.Values(homes)))
	for i, u := range users {
		out[i].Organization = cards[homes[u]].Name
	}
	return out, err
}

// Imports implements people.Trail.
func (t trail) Imports(ctx context.Context, ids []string) ([]people.ImportNote, error) {
	found, err := t.m.Imports.Service.Named(ctx, ids)
	if err != nil {
		return nil, err
	}
	var orgs []kernel.OrganizationID
	for _, i := range found {
		orgs = append(orgs, i.Organization)
	}
	cards, err := t.m.Organizations.Service.Cards(ctx, orgs)
	var out []people.ImportNote
	for _, i := range found {
		out = append(out, people.ImportNote{
			ID: i.ID, Kind: i.Kind, FileName: i.FileName, By: i.By, Organization: cards[i.Organization].Name, At: i.CreatedAt, Withdrawn: i.WithdrawnAt != nil,
		})
	}
	return out, err
}

// Told implements people.Trail.
func (t trail) Told(ctx context.Context, person kernel.PersonID) (out []people.ToldNote, err error) {
	told, err := t.m.Notifications.Service.Told(ctx, person)
	for _, n := range told {
		note := people.ToldNote{At: n.At, Text: n.Text(ctx)}
		if !n.ReadAt.IsZero() {
			note.ReadAt = &n.ReadAt
		}
		out = append(out, note)
	}
	return out, err
}
