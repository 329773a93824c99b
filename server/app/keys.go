package app

import (
	"context"
	"fmt"
	"time"

	"carecert/modules/kernel"
	"carecert/modules/kit/blob"
	"carecert/modules/kit/secret"
)

// resealers are who stores sealed values. Whoever is forgotten
// here is found by Rotation.Left.
func (m *Modules) resealers(files *blob.Files) []secret.Resealer {
	return []secret.Resealer{m.People.Service, m.Accounts.Service, m.Certificates.Service, m.Presentations.Service, m.Witnesses.Service, files}
}

// Rotated is what a rotation of keys came to.
type Rotated struct {
	Resealed int
	Left     map[string]int // documents by collection in which an older key's seal remains
}

// rotationPatience is how long running programs may take to notice a new key.
const rotationPatience = 30 * time.Second

// RotateKeys seals everything anew under the newest key. A server may run: it
// is waited for until it has that key. secret.ErrBehind.
func (a *App) RotateKeys(ctx context.Context, told func(collection string, resealed int)) (Rotated, error) {
	if err := a.house.vault.Await(ctx, a.house.ring, a.house.machine, rotationPatience); err != nil {
		return Rotated{}, err
	}
	r := &secret.Rotation{Ring: a.house.ring, DB: a.DB, Told: told}
	for _, m := range a.resealers(a.house.files) {
		if err := m.Reseal(ctx, r); err != nil {
			return Rotated{Resealed: r.Total()}, err
		}
	}
	out := Rotated{Resealed: r.Total()}
	var err error
	if out.Left, err = r.Left(ctx); err != nil {
		return out, err
	}
	left := 0
	for _, n := range out.Left {
		left += n
	}
	prints := a.house.ring.Fingerprints()
	return out, a.DB.Tx(ctx, func(ctx context.Context) error {
		return a.Audit.Service.Record(ctx, kernel.Act{Verb: "rotate", Noun: "masterKey", ID: prints[len(prints)-1], Detail: map[string]string{
			"resealed": fmt.Sprint(out.Resealed), "left": fmt.Sprint(left),
		}})
	})
}
