package imports

import (
	"context"
	"strconv"
)

// Lines says what was refused or warned about, row by row, in the language of
// the context: for the command line.
func Lines(ctx context.Context, r Report) []string {
	var out []string
	if r.Failure != nil {
		out = append(out, sentence(speaker{ctx}, r.Headers, *r.Failure))
	}
	for _, n := range r.Notes {
		out = append(out, sentence(speaker{ctx}, r.Headers, n))
	}
	for _, f := range append(append([]Finding{}, r.Errors...), r.Warnings...) {
		out = append(out, strconv.Itoa(f.Row)+"\t"+r.Headers[f.Column]+"\t"+sentence(speaker{ctx}, r.Headers, f.Problem))
	}
	return out
}
