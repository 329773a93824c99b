package wire

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/tlog"
)

// ErrRequest: it is no request to countersign a head.
var ErrRequest = errors.New("not a request to countersign a head")

// Longest is how many bytes a request has at the most, longestProof how many
// hashes (a proof of 2⁶³ entries has no more).
const (
	Longest      = 64 << 10
	longestProof = 63
)

// Request asks a witness to countersign a head: what it holds, why the head
// goes on from there, the head.
type Request struct {
	Old   int64
	Proof tlog.TreeProof
	Note  string
}

// Format writes a request.
func (r Request) Format() string {
	var b strings.Builder
	fmt.Fprintf(&b, "old %d\n", r.Old)
	for _, h := range r.Proof {
		b.WriteString(h.String() + "\n")
	}
	b.WriteString("\n" + r.Note)
	return b.String()
}

// ParseRequest reads a request; ErrRequest.
func ParseRequest(body string) (r Request, err error) {
	top, signed, cut := strings.Cut(body, "\n\n")
	if !cut || len(body) > Longest {
		return r, ErrRequest
	}
	lines := strings.Split(top, "\n")
	old, is := strings.CutPrefix(lines[0], "old ")
	r.Old, err = strconv.ParseInt(old, 10, 64)
	if !is || err != nil || r.Old < 0 || strconv.FormatInt(r.Old, 10) != old || len(lines)-1 > longestProof {
		return r, ErrRequest
	}
	for _, line := range lines[1:] {
		raw, err := base64.StdEncoding.Strict().DecodeString(line)
		if err != nil || len(raw) != tlog.HashSize {
			return r, ErrRequest
		}
		r.Proof = append(r.Proof, tlog.Hash(raw))
	}
	r.Note = signed
	return r, nil
}
