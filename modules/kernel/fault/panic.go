package fault

import (
	"fmt"
	"runtime/debug"
)

// Caught runs do and turns a panic into its error, with the stack for the log:
// one broken job, row or listener must not take the program with it.
func Caught(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return do()
}
