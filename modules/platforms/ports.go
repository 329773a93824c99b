package platforms

import (
	"context"

	"carecert/modules/kernel"
)

// Auditor writes the operation log.
type Auditor interface {
	Record(ctx context.Context, act kernel.Act) error
}
