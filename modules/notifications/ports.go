package notifications

import (
	"context"

	"carecert/modules/kernel"
)

// People tells whose record a person's is by now.
type People interface {
	Cards(ctx context.Context, ids []kernel.PersonID) (map[kernel.PersonID]kernel.PersonCard, error)
}
