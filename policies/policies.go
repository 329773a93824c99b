// Package policies holds what is decided, not coded: who may do what, the
// dated numbers of the law, the words of every answer. Only the server reads
// it.
package policies

import "embed"

// Files are access/, rules/ and messages/.
//
//go:embed access rules messages
var Files embed.FS
