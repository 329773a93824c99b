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

// request is what the command line asks for.
type request struct {
	text  string
	file  string // of texts, a line each; "-" is standard input
	keys  string
	lists []string
	json  bool
}

const usage = `usage: carecert verify "QR TEXT" --keys FILE [--status-list FILE]… [--json]
       carecert verify --file TEXTS --keys FILE [--status-list FILE]… [--json]`

func read(args []string, stderr io.Writer) (q request, ok bool) {
	set := flag.NewFlagSet("verify", flag.ContinueOnError)
	set.SetOutput(stderr)
	set.StringVar(&q.file, "file", "", "many texts, a line each; - for standard input")
	set.StringVar(&q.keys, "keys", "", "body of /api/v1/public/keys")
	set.Func("status-list", "body of /api/v1/public/status-lists/{id}; may be repeated", func(name string) error {
		q.lists = append(q.lists, name)
		return nil
	})
	set.BoolVar(&q.json, "json", false, "print JSON")
	for rest := args; ; { // the text may stand before, between or behind the flags
		if set.Parse(rest) != nil {
			return q, false
		}
		if set.NArg() == 0 {
			break
		}
		if q.text != "" {
			fmt.Fprintln(stderr, "one QR text at a time: put many into a file (--file)")
			return q, false
		}
		q.text, rest = set.Arg(0), set.Args()[1:]
	}
	if (q.text == "") == (q.file == "") {
		fmt.Fprintln(stderr, usage)
		return q, false
	}
	return q, true
}

// Verify judges a text and prints the verdict's word; with --json everything
// the payload says. Of a file it judges each line on all cores and prints a
// line each, in the file's order; the exit code is the worst. now is the time that validity and status
// lists are compared with.
func Verify(args []string, stdin io.Reader, stdout, stderr io.Writer, now time.Time) int {
	q, ok := read(args, stderr)
	if !ok {
		return exitUndecided
	}
	v, err := q.verifier(now)
	if q.file != "" {
		if err != nil {
			fmt.Fprintln(stderr, err)
			return exitUndecided
		}
		return q.many(v, stdin, stdout, stderr)
	}
	var r verify.Result
	if err == nil {
		r, err = q.decide(v, q.text)
	}
	if q.json {
		out := json.NewEncoder(stdout)
		out.SetIndent("", "  ")
		if out.Encode(outcomeOf(r, err)) != nil {
			return exitUndecided
		}
	} else if err == nil {
		fmt.Fprintln(stdout, word(r))
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
	}
	return code(r, err)
}

// decide judges one text. Where status lists were given, a certificate that
// stands in another one is undecided: it may be revoked there.
func (q request) decide(v *verify.Verifier, text string) (verify.Result, error) {
	r, err := v.Judge(text)
	if err == nil && len(q.lists) > 0 && len(r.Facts.Code) > 0 && !r.StatusChecked {
		err = fmt.Errorf("%w: the certificate stands in status list %d", verify.ErrUndecided, r.Facts.Status/verify.ListSize)
	}
	return r, err
}

func word(r verify.Result) string {
	if r.Verdict == verify.Genuine && !r.StatusChecked {
		return string(r.Verdict) + " (status unchecked)"
	}
	return string(r.Verdict)
}

func code(r verify.Result, err error) int {
	switch {
	case err != nil:
		return exitUndecided
	case r.Verdict == verify.Genuine:
		return exitGenuine
	default:
		return exitNotGenuine
	}
}

// verifier reads the files.
func (q request) verifier(now time.Time) (*verify.Verifier, error) {
	if q.keys == "" {
		return nil, fmt.Errorf("%w: no keys (--keys FILE)", verify.ErrUndecided)
	}
	raw, err := os.ReadFile(q.keys)
	if err != nil {
		return nil, errors.Join(verify.ErrUndecided, err)
	}
	keys, err := verify.ReadKeys(raw)
	if err != nil {
		return nil, errors.Join(verify.ErrUndecided, err)
	}
	lists := make([]verify.StatusList, len(q.lists))
	for i, name := range q.lists {
		if raw, err = os.ReadFile(name); err != nil {
			return nil, errors.Join(verify.ErrUndecided, err)
		}
		if err := json.Unmarshal(raw, &lists[i]); err != nil {
			return nil, errors.Join(verify.ErrUndecided, fmt.Errorf("%s: %w", name, err))
		}
	}
	return verify.NewVerifier(keys, now, lists...), nil
}

func outcomeOf(r verify.Result, err error) outcome {
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
	return o
}
