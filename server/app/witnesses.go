package app

import (
	"context"
	"errors"

	"carecert/modules/certificates"
	"carecert/modules/kernel"
	"carecert/modules/kit/web"
	"carecert/modules/witnesses"
	"carecert/modules/witnesses/carry"
	"carecert/server/config"
)

// carriers are the ways to witnesses that the operator has set up.
func carriers(cfg config.Config, clock kernel.Clock) witnesses.Carriers {
	c := witnesses.Carriers{Bureau: carry.NewBureau(cfg.Test || cfg.Demo)}
	if cfg.WitnessDir != "" {
		c.Folder = carry.FolderKeeper{Dir: cfg.WitnessDir}
	}
	if cfg.SMTP.Host != "" {
		c.Mail = carry.Mailer{SMTP: cfg.SMTP, Clock: clock}
	}
	return c
}

// issuance tells witnesses of the issuance log.
type issuance struct{ certificates *certificates.Service }

// Grown implements witnesses.Log.
func (i issuance) Grown(ctx context.Context, from int64) (witnesses.Grown, error) {
	c, err := i.certificates.LogConsistency(ctx, from)
	shorter := errors.Is(err, certificates.ErrLogSize)
	if shorter {
		c, err = i.certificates.LogConsistency(ctx, 0)
	}
	return witnesses.Grown{Note: c.Note, Shorter: shorter, FromRoot: c.FromRoot, Proof: c.Path}, err
}

// Key implements witnesses.Log.
func (i issuance) Key() string { return i.certificates.LogKey() }

// bilingual says what leaves the house without a reader's language.
func bilingual(words *web.Words) witnesses.Say {
	return func(between, code string, params ...string) string {
		say := func(language string) string {
			return web.Text(web.WithVoice(context.Background(), words, language), code, params...)
		}
		return say(web.Chinese) + between + say(web.English)
	}
}
