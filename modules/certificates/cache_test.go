package certificates

import (
	"fmt"
	"testing"
)

func TestTheCacheForgetsWhatChanged(t *testing.T) {
	c := newCache()
	c.advance(3, nil)
	for _, code := range []string{"A", "B"} {
		c.put(code, &shown{}, 3)
	}
	late := &shown{} // read before a revocation, kept after it
	c.advance(4, []string{"A"})
	c.put("A", late, 3)
	if _, ok := c.get("A"); ok {
		t.Error("what was revoked is told as it was")
	}
	if _, ok := c.get("B"); !ok {
		t.Error("what did not change is forgotten")
	}
	c.put("A", &shown{}, 4)
	if _, ok := c.get("A"); !ok {
		t.Error("what was read again is not kept")
	}
}

func TestTheCacheIsBounded(t *testing.T) {
	c := newCache()
	c.advance(0, nil)
	c.put("asked for", &shown{}, 0)
	for i := range 5 * generation {
		c.put(fmt.Sprint(i), &shown{}, 0)
		if i%(generation/2) == 0 {
			c.get("asked for")
		}
	}
	if n := len(c.young) + len(c.old); n > 2*generation {
		t.Errorf("%d are kept", n)
	}
	if _, ok := c.get("asked for"); !ok {
		t.Error("what is asked for all the time is forgotten")
	}
}
