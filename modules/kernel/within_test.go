package kernel_test

import (
	"context"
	"errors"
	"testing"

	"carecert/modules/kernel"
	"carecert/modules/kernel/fault"
)

type register struct{ down error }

func (r register) answer(id string, known ...string) error {
	for _, k := range known {
		if id == k {
			return r.down
		}
	}
	return errors.Join(r.down, fault.ErrNotFound)
}

type tree struct{ register }

func (x tree) Card(_ context.Context, id kernel.OrganizationID) (kernel.OrganizationCard, error) {
	return kernel.OrganizationCard{ID: id, Name: "晚晴护理院", Path: []kernel.OrganizationID{id, "district"}}, x.answer(string(id), "home", "district")
}

type people struct{ register }

func (x people) Card(_ context.Context, id kernel.PersonID) (kernel.PersonCard, error) {
	return kernel.PersonCard{ID: id, Name: "李红", Reach: []kernel.OrganizationID{"home", "district"}}, x.answer(string(id), "li")
}

// What is out of reach is answered as what never was, with nothing of its card;
// a failure stays one.
func TestWithinReach(t *testing.T) {
	unknown, broken := fault.New(fault.NotFound, "test.unknown"), errors.New("the disk is gone")
	near, far := kernel.Reach{Roots: []kernel.OrganizationID{"district"}}, kernel.Reach{Roots: []kernel.OrganizationID{"elsewhere"}}
	for _, c := range []struct {
		name            string
		reach           kernel.Reach
		place, person   string
		down            error
		noPlace, nobody error
	}{
		{"in reach", near, "home", "li", nil, nil, nil},
		{"everywhere", kernel.Reach{Everywhere: true}, "home", "li", nil, nil, nil},
		{"out of reach", far, "home", "li", nil, unknown, unknown},
		{"never was", near, "nowhere", "nobody", nil, unknown, unknown},
		{"never was, everywhere", kernel.Reach{Everywhere: true}, "nowhere", "nobody", nil, unknown, unknown},
		{"oneself", kernel.Reach{Self: "li"}, "home", "li", nil, unknown, nil},
		{"a failure", far, "home", "li", broken, broken, broken},
	} {
		card, err := c.reach.Organization(t.Context(), tree{register{c.down}}, kernel.OrganizationID(c.place), unknown)
		if !errors.Is(err, c.noPlace) || (err != nil) != (card.Name == "") {
			t.Errorf("%s: the place: %+v %v", c.name, card, err)
		}
		who, err := c.reach.Person(t.Context(), people{register{c.down}}, kernel.PersonID(c.person), unknown)
		if !errors.Is(err, c.nobody) || (err != nil) != (who.Name == "") {
			t.Errorf("%s: the person: %+v %v", c.name, who, err)
		}
	}
}
