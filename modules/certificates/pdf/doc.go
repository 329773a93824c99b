// Package pdf prints certificates on kit/pdf: A4, laid out by a template's
// content (layout), with what the certificate says filled in. It decides
// nothing.
package pdf
