package cli

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"carecert/modules/kit/secret"
	"carecert/server/app"
	"carecert/server/config"
)

// keys rotates the master key in two steps: add puts a fresh one into the key
// file, which running servers take up by themselves; rotate seals everything
// anew under it.
func keys(ctx context.Context, args []string, env Env) error {
	switch {
	case len(args) == 1 && args[0] == "add":
		return keysAdd(env)
	case len(args) == 1 && args[0] == "rotate":
		return keysRotate(ctx, env)
	default:
		return fmt.Errorf("keys add | keys rotate")
	}
}

func keysAdd(env Env) error {
	cfg, err := config.Read(env.Getenv, config.Flags{})
	if err != nil {
		return err
	}
	ring, err := secret.AddKey(cfg.SecretKeyFile)
	if errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("there is no key file %s yet: the first start makes it", cfg.SecretKeyFile)
	}
	if err != nil {
		return err
	}
	prints := ring.Fingerprints()
	fmt.Fprintf(env.Stdout, "key added: %s (%d keys in %s)\n", prints[len(prints)-1], len(prints), cfg.SecretKeyFile)
	fmt.Fprintln(env.Stdout, "keep a copy of the file apart, hand it to every machine that runs CareCert, then: carecert keys rotate")
	return nil
}

func keysRotate(ctx context.Context, env Env) error {
	return opened(ctx, env, func(ctx context.Context, a *app.App, _ config.Config) error {
		done := 0
		r, err := a.RotateKeys(ctx, func(_ string, n int) {
			if done += n; done/10_000 != (done-n)/10_000 {
				fmt.Fprintf(env.Stdout, "re-sealed so far: %d\n", done)
			}
		})
		if err != nil {
			return fmt.Errorf("%w (re-sealed: %d; the command may be repeated)", err, r.Resealed)
		}
		left := 0
		for _, collection := range slices.Sorted(maps.Keys(r.Left)) {
			left += r.Left[collection]
			fmt.Fprintf(env.Stdout, "left in %s: %d\n", collection, r.Left[collection])
		}
		fmt.Fprintf(env.Stdout, "re-sealed: %d left: %d\n", r.Resealed, left)
		if left > 0 {
			return fmt.Errorf("sealed by an older key: documents of %s; uploads that were not finished are swept within a day: repeat the command then, and keep the older keys until nothing is left",
				strings.Join(slices.Sorted(maps.Keys(r.Left)), ", "))
		}
		return nil
	})
}
