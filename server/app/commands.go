package app

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"

	"carecert/modules/audit"
	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
	"carecert/modules/kit/imports"
	"carecert/modules/kit/secret"
	"carecert/modules/kit/store"
	"carecert/modules/kit/web"
	"carecert/modules/witnesses/wire"
	"carecert/server/config"
)

// Login is a printed log-in.
type Login struct{ Username, Password, Role string }

// Prepare makes the first administrator of an empty database, and loads the
// demo data when that was asked for. It gives the log-ins to print: all of the
// demo's whose password is still the demo's, the administrator's where it was
// made up just now.
func (a *App) Prepare(ctx context.Context, cfg config.Config) ([]Login, error) {
	if !cfg.Demo {
		generated, _, err := a.Accounts.Service.Bootstrap(ctx, cfg.AdminPassword)
		if err != nil || generated == "" {
			return nil, wrapped("first administrator", err)
		}
		return []Login{{"admin", generated, string(kernel.RoleAdmin)}}, nil
	}
	if err := a.fillDemo(ctx, cfg.AdminPassword); err != nil {
		return nil, wrapped("demo", err)
	}
	logins, err := a.demoLogins(ctx)
	return logins, wrapped("demo", err)
}

func wrapped(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", what, err)
}

// Listen serves until the server is shut down.
func (a *App) Listen(l net.Listener, cfg config.Config) error {
	if cfg.TLS() {
		pair, err := tls.LoadX509KeyPair(cfg.TLSCert, cfg.TLSKey)
		if err != nil {
			return err
		}
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12})
	}
	return a.Web.Fiber.Listener(l)
}

// Speak lets commands talk in the language of the environment.
func (a *App) Speak(ctx context.Context, lang string) context.Context {
	words, err := givenWords()
	if err != nil {
		return ctx
	}
	language := web.Chinese
	if len(lang) >= 2 && lang[:2] == "en" {
		language = web.English
	}
	return web.WithVoice(ctx, words, language)
}

// Explain says a refusal in words.
func (a *App) Explain(ctx context.Context, err error) error {
	f, ok := fault.From(err)
	if !ok {
		return err
	}
	var params []string
	for k, v := range f.Params {
		params = append(params, k, v)
	}
	return fmt.Errorf("%s (%s)", web.Text(ctx, f.Code, params...), f.Code)
}

// ImportLines says what was refused, row by row.
func (a *App) ImportLines(ctx context.Context, r imports.Report) []string {
	return imports.Lines(ctx, r)
}

// VerifyLogs checks the issuance log and the operation log and says what it
// found; good tells whether both are as they were written.
func (a *App) VerifyLogs(ctx context.Context, head []byte) (lines []string, good bool, err error) {
	issued, err := a.Certificates.Service.LogVerify(ctx, head)
	if err != nil {
		return nil, false, err
	}
	good = issued.Bad == nil
	if head != nil {
		line, err := a.heldAgainst(head)
		if err != nil {
			return nil, false, err
		}
		lines = append(lines, line)
	}
	line := fmt.Sprintf("issuance log: %d entries", issued.Entries)
	if b := issued.Bad; b != nil {
		line += ", BAD"
		if b.Seq >= 0 {
			line += fmt.Sprintf(" entry %d", b.Seq)
		}
		if b.Certificate != "" {
			line += " certificate " + string(b.Certificate)
		}
		line += ": " + web.Text(ctx, b.Code)
	}
	lines = append(lines, line)
	kept := make([]audit.Standing, len(issued.Anchors))
	for i, anchor := range issued.Anchors {
		kept[i] = audit.Standing{Sequence: anchor.Sequence, Hash: anchor.Hash}
	}
	acts, err := a.Audit.Service.Verify(ctx, kept...)
	if err != nil {
		return lines, false, err
	}
	line = fmt.Sprintf("audit chain: %d entries", acts.Entries)
	if b := acts.Bad; b != nil {
		good = false
		line += fmt.Sprintf(", BAD entry %d row %s: %s", b.Sequence, b.Row, web.Text(ctx, b.Code))
	}
	return append(lines, line), good, nil
}

// heldAgainst says which kept head the log was held against, and whose: as the
// file says; its name in there is not signed.
func (a *App) heldAgainst(file []byte) (string, error) {
	log, err := wire.ParseLog(a.Certificates.Service.LogKey())
	if err != nil {
		return "", err
	}
	head, err := wire.ReadFile(file, log)
	if err != nil {
		return "", fmt.Errorf("head: %w", err)
	}
	line := fmt.Sprintf("held against: a head of %d entries", head.N)
	var f wire.File
	if json.Unmarshal(file, &f) == nil && f.Witness != "" {
		line += ", kept by " + f.Witness
		if !f.SentAt.IsZero() {
			line += " since " + f.SentAt.In(kernel.Shanghai()).Format("2006-01-02 15:04")
		}
	}
	return line, nil
}

// anchor writes into the issuance log where the operation log stands, so that a
// signed head that somebody keeps vouches for both.
func (a *App) anchor(ctx context.Context) error {
	head, err := a.Audit.Service.Head(ctx)
	if err != nil || head.Sequence == 0 {
		return err
	}
	return a.Certificates.Service.Anchor(ctx, head.Sequence, head.Hash)
}

// Restore reads an export into an empty database. The secret key was handed
// over apart: without it nothing is begun.
func Restore(ctx context.Context, cfg config.Config, log *slog.Logger, dir string) (documents int64, err error) {
	if _, err := secret.Load(cfg.SecretKeyFile); err != nil {
		return 0, fmt.Errorf("the secret key of the exported data comes first (CARECERT_SECRET_KEY_FILE): %w", err)
	}
	if err := os.MkdirAll(cfg.Data, 0o700); err != nil {
		return 0, err
	}
	db, err := openStore(ctx, cfg)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, db.Close(context.WithoutCancel(ctx))) }()
	if err := declare(ctx, db, cfg, log); err != nil {
		return 0, err
	}
	return db.Restore(ctx, dir)
}

// declare makes every collection exist without writing a document: restore
// wants an empty database.
func declare(ctx context.Context, db *store.DB, cfg config.Config, log *slog.Logger) error {
	ring, err := secret.Load(cfg.SecretKeyFile)
	if err != nil {
		return err
	}
	if _, err := secret.Open(ctx, db); err != nil {
		return err
	}
	machine := kernel.ClockFunc(time.Now)
	h, _, err := foundation(db, ring, cfg, log, Options{Machine: machine})
	if err != nil {
		return err
	}
	if _, err := build(h); err != nil {
		return err
	}
	web.NewApp(web.Config{DB: db, Clock: machine, Log: log, Words: &web.Words{}, Guard: h.guard})
	return db.Ensure(ctx)
}
