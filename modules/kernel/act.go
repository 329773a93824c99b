package kernel

// Act is one line of the operation log, in words that every module shares; the
// audit module adds who, when and where from the context.
type Act struct {
	Verb         string            // "create", "reveal", "revoke", …
	Noun         string            // "person", "certificate", …
	ID           string            // of the thing acted on
	Organization OrganizationID    // whose log it belongs to, if any
	Reason       string            // as typed by the actor, where the verb asks for one
	Detail       map[string]string // never personal data in clear
}
