// Package accounts knows who signs in and what was granted to them.
//
// Owns: accounts_users, accounts_names (a user name to its user),
// accounts_sessions and accounts_tokens (by the hash of the secret),
// accounts_attempts (failed log-ins), accounts_activations (one-time slips).
// Announces: nothing. Asks: people for the name behind a slip, organisations
// for the path of a grant.
//
// Rules: secrets are stored hashed (Argon2id for passwords); a wrong password
// slows down whoever tries, per user name and address, and never locks out an
// address from which the user has signed in before, nor anybody else; nobody
// grants what lies outside their reach or above their role.
package accounts
