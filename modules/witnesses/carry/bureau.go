package carry

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"carecert/modules/witnesses/wire"
)

// Limits of a question to another bureau.
const (
	patience      = 15 * time.Second
	longestAnswer = 16 << 10
)

// errPlace: an address of the machine itself, or of its own network link.
var errPlace = errors.New("not an address of another bureau")

// Bureau asks witnesses over HTTPS. An administrator typed the address, so it
// must not lead to the machine itself or to the services of its link; bureaus
// in a closed government network have private addresses, which are let through.
type Bureau struct {
	client *http.Client
	plain  bool
}

// NewBureau makes the carrier. Plain lets it ask without TLS, and this machine:
// for tests and the demo.
func NewBureau(plain bool) *Bureau {
	dial := &net.Dialer{Timeout: patience, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || (!plain && !elsewhere(at.Addr().Unmap())) {
			return errPlace
		}
		return nil
	}}
	return &Bureau{plain: plain, client: &http.Client{
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{ // no proxy of the environment: the dialer is what guards
			DialContext: dial.DialContext, TLSHandshakeTimeout: patience, ResponseHeaderTimeout: patience, MaxResponseHeaderBytes: longestAnswer,
			DisableKeepAlives: true,
		},
	}}
}

func elsewhere(ip netip.Addr) bool {
	return ip.IsValid() && !ip.IsLoopback() && !ip.IsUnspecified() && !ip.IsLinkLocalUnicast() && !ip.IsMulticast() && !ip.IsInterfaceLocalMulticast()
}

// Allows tells whether heads may be sent to the address.
func (b *Bureau) Allows(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.Opaque != "" || strings.HasSuffix(address, "/") {
		return false
	}
	if b.plain && u.Scheme == "http" {
		return true
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Scheme == "https" && (b.plain || err != nil || elsewhere(ip.Unmap()))
}

// Ask sends the request. An error is a failure of the way there; what the
// witness decided is in the answer.
func (b *Bureau) Ask(ctx context.Context, address string, r wire.Request) (Answer, error) {
	if !b.Allows(address) {
		return Answer{}, errPlace
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address+"/add-checkpoint", strings.NewReader(r.Format()))
	if err != nil {
		return Answer{}, fmt.Errorf("ask witness: %w", err)
	}
	req.Header.Set("Content-Type", "text/plain; charset=utf-8")
	res, err := b.client.Do(req)
	if err != nil {
		return Answer{}, fmt.Errorf("ask witness: %w", err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, longestAnswer))
	if err != nil {
		return Answer{}, fmt.Errorf("ask witness: %w", err)
	}
	a := Answer{Status: res.StatusCode}
	switch res.StatusCode {
	case http.StatusOK:
		a.Lines = string(body)
	case http.StatusConflict:
		if a.Held, err = strconv.ParseInt(strings.TrimSpace(string(body)), 10, 64); err != nil || a.Held < 0 {
			return Answer{}, errors.New("ask witness: its answer has no size")
		}
	}
	return a, nil
}
