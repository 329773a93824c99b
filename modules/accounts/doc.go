// Package accounts knows who signs in and what was granted to them.
//
// Owns: accounts_users; accounts_names (a user name to its user);
// accounts_holders (a person to their accounts);
// accounts_sessions and accounts_tokens (by the hash of the secret);
// accounts_attempts (failed log-ins); accounts_activations (one-time slips).
// Announces: nothing. Asks: people and organisations for cards.
//
// Rules: secrets are stored hashed, passwords by Argon2id before any
// transaction. A wrong password slows whoever tries, and nobody else: not a
// colleague behind the same address, nor the user in a browser or at an address
// they have signed in from. Nobody grants above their role or outside their
// tree, changes whom they could not have made, or changes their own rights. The
// account of a person is made and changed by whoever keeps the person now; a
// person has one open account as a caregiver. A slip opens a caregiver's account
// only, never one with an office.
package accounts
