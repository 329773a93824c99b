// Package policies holds what is decided, not coded: who may do what, the
// dated numbers of the law, the words of every answer. Only the server reads
// it.
package policies

import "embed"

// Files are access/, rules/, messages/ and notices/.
//
//go:embed access rules messages notices
var Files embed.FS
