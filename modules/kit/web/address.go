package web

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"
)

// networks reads addresses and networks ("10.0.0.1", "10.0.0.0/8").
func networks(words []string) ([]netip.Prefix, error) {
	out := make([]netip.Prefix, 0, len(words))
	for _, w := range words {
		if addr, err := netip.ParseAddr(w); err == nil {
			out = append(out, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(w)
		if err != nil {
			return nil, fmt.Errorf("web: trusted proxy %q: %w", w, err)
		}
		out = append(out, p)
	}
	return out, nil
}

// address is the nearest peer that is no trusted proxy. X-Forwarded-For is read
// from its end: what stands before the proxies' own entries is the sender's say.
func (r *Router) address(c *fiber.Ctx) string {
	peer := c.Context().RemoteIP().String()
	if !r.trusts(peer) {
		return peer
	}
	hops := strings.Split(c.Get(fiber.HeaderXForwardedFor), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		peer = hop.Unmap().String()
		if !r.trusts(peer) {
			break
		}
	}
	return peer
}

func (r *Router) trusts(peer string) bool {
	addr, err := netip.ParseAddr(peer)
	if err != nil {
		return false
	}
	for _, p := range r.trusted {
		if p.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}
