// Package layout is how a certificate is laid out: a list of elements in
// millimetres on an A4 page, words with {fields} in them, and how long what is
// printed from it is valid. Pure. It says what is wrong with a layout, element
// by element, and what a layout's content hash is; it prints nothing.
//
// The house's own layouts are data (policies/rules/certificate_templates.yaml).
package layout
