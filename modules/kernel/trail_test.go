package kernel_test

import (
	"testing"

	"carecert/modules/kernel"
)

func TestATrailLeadsBackTheWayItCame(t *testing.T) {
	var none kernel.Trail
	if _, came := none.Back("a"); came {
		t.Error("what was never merged comes back")
	}
	one := none.Left("a")
	two := one.Left("b")
	if _, came := two.Back("a"); came {
		t.Error("an earlier merge is undone before the later one")
	}
	back, came := two.Back("b")
	if !came || len(back) != 1 || back[0] != "a" || len(two) != 2 || len(one) != 1 {
		t.Errorf("%v %v %v %v", back, came, two, one)
	}
}
