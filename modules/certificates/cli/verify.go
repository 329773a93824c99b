// Package cli is "carecert verify": a certificate's QR text judged with no
// network, from files that were fetched before.
package cli

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	v1 "carecert/modules/certificates/format/v1"
	"carecert/modules/certificates/verify"
)

// Exit codes (CONTRACT §1).
const (
	exitGenuine    = 0
	exitNotGenuine = 1
	exitUndecided  = 2
)

// outcome is what --json prints.
type outcome struct {
	Verdict       string     `json:"verdict"`
	StatusChecked bool       `json:"statusChecked"`
	StatusAsOf    *time.Time `json:"statusAsOf,omitempty"`
	Holder        *holder    `json:"holder,omitempty"`
	Facts         *facts     `json:"facts,omitempty"`
	Error         string     `json:"error,omitempty"`
}

type holder struct {
	NameMasked string `json:"nameMasked"`
}

type facts struct {
	Family     string `json:"family"`
	PublicCode string `json:"publicCode"`
	Number     string `json:"number"`
	Title      string `json:"title,omitempty"`
	IssuerName string `json:"issuerName"`
	IssuedOn   string `json:"issuedOn"`
	ExpiresOn  string `json:"expiresOn,omitempty"`
	Level      int    `json:"level,omitempty"`
	Minutes    int    `json:"minutes,omitempty"`
}

// Verify judges a text and prints the verdict's word; with --json everything
// the payload says. now is the time that validity and status lists are
// compared with.
func Verify(args []string, stdout, stderr io.Writer, now time.Time) int {
	var text string
	set := flag.NewFlagSet("verify", flag.ContinueOnError)
	set.SetOutput(stderr)
	keysFile := set.String("keys", "", "body of /api/v1/public/keys")
	listFile := set.String("status-list", "", "body of /api/v1/public/status-lists/{id}")
	asJSON := set.Bool("json", false, "print JSON")
	for rest := args; ; { // the text may stand before, between or behind the flags
		if err := set.Parse(rest); err != nil {
			return exitUndecided
		}
		if set.NArg() == 0 {
			break
		}
		if text != "" {
			fmt.Fprintln(stderr, "one QR text at a time")
			return exitUndecided
		}
		text, rest = set.Arg(0), set.Args()[1:]
	}
	if text == "" {
		fmt.Fprintln(stderr, `usage: carecert verify "QR TEXT" --keys FILE [--status-list FILE] [--json]`)
		return exitUndecided
	}
	r, err := judge(text, *keysFile, *listFile, now)
	if *asJSON {
		if werr := printJSON(stdout, r, err); werr != nil {
			return exitUndecided
		}
	} else if err == nil {
		word := string(r.Verdict)
		if r.Verdict == verify.Genuine && !r.StatusChecked {
			word += " (status unchecked)"
		}
		fmt.Fprintln(stdout, word)
	}
	switch {
	case err != nil:
		fmt.Fprintln(stderr, err)
		return exitUndecided
	case r.Verdict == verify.Genuine:
		return exitGenuine
	default:
		return exitNotGenuine
	}
}

func judge(text, keysFile, listFile string, now time.Time) (verify.Result, error) {
	if keysFile == "" {
		return verify.Result{}, fmt.Errorf("%w: no keys (--keys FILE)", verify.ErrUndecided)
	}
	raw, err := os.ReadFile(keysFile)
	if err != nil {
		return verify.Result{}, errors.Join(verify.ErrUndecided, err)
	}
	keys, err := verify.ReadKeys(raw)
	if err != nil {
		return verify.Result{}, errors.Join(verify.ErrUndecided, err)
	}
	var list *verify.StatusList
	if listFile != "" {
		if raw, err = os.ReadFile(listFile); err != nil {
			return verify.Result{}, errors.Join(verify.ErrUndecided, err)
		}
		list = &verify.StatusList{}
		if err := json.Unmarshal(raw, list); err != nil {
			return verify.Result{}, errors.Join(verify.ErrUndecided, err)
		}
	}
	return verify.Offline(text, keys, list, now)
}

func printJSON(w io.Writer, r verify.Result, err error) error {
	o := outcome{Verdict: string(r.Verdict), StatusChecked: r.StatusChecked}
	if err != nil {
		o.Error = err.Error()
	}
	if r.StatusChecked {
		o.StatusAsOf = &r.StatusAsOf
	}
	if f := r.Facts; err == nil && len(f.Code) > 0 {
		o.Holder = &holder{f.NameMasked}
		o.Facts = &facts{
			Family: f.FamilyName(), PublicCode: v1.Code(f.Code), Number: f.Number(), Title: f.Title, IssuerName: f.Issuer, IssuedOn: string(v1.Date(f.IssuedOn)),
			ExpiresOn: string(v1.Date(f.ExpiresOn)), Level: int(f.Level), Minutes: int(f.Minutes),
		}
	}
	raw, merr := json.MarshalIndent(o, "", "  ")
	if merr != nil {
		return merr
	}
	_, werr := fmt.Fprintln(w, string(raw))
	return werr
}
