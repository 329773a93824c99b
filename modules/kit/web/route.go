// Package web is the one place that knows HTTP: Fiber v2 with huma, the guard
// that every route passes, problems (RFC 9457), paging, Idempotency-Key,
// If-Match, languages.
package web

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// Permission is what a route asks for: a verb on a noun of the domain
// (policies/access/policy.csv), never a path.
type Permission struct {
	Noun, Verb string
	Open       bool // no log-in: decided once at start-up
}

// May asks for a granted verb.
func May(noun, verb string) Permission { return Permission{Noun: noun, Verb: verb} }

// Public asks for a verb that the policy grants to anyone ("public" role).
func Public(noun, verb string) Permission { return Permission{Noun: noun, Verb: verb, Open: true} }

// Route is one registered route, for the role matrix and the guard's test.
type Route struct {
	Method, Path string
	Permission   Permission
}

// Option adjusts the OpenAPI operation of a route.
type Option func(*huma.Operation)

// Summary says in one line what the route does (English, for OpenAPI).
func Summary(s string) Option { return func(o *huma.Operation) { o.Summary = s } }

// Status sets the success status where it is not the verb's usual one.
func Status(code int) Option { return func(o *huma.Operation) { o.DefaultStatus = code } }

// MaxBody states the body limit in bytes (1 MB when unset).
func MaxBody(n int64) Option { return func(o *huma.Operation) { o.MaxBodyBytes = n } }

// Handler is a typed handler: input struct (path, query, header, Body), output
// struct (Body, headers).
type Handler[I, O any] func(context.Context, *I) (*O, error)

// Get registers a read: 200.
func Get[I, O any](r *Router, path string, p Permission, h Handler[I, O], opts ...Option) {
	register(r, http.MethodGet, path, http.StatusOK, p, h, opts)
}

// Post registers a creation: 201, with Idempotency-Key.
func Post[I, O any](r *Router, path string, p Permission, h Handler[I, O], opts ...Option) {
	register(r, http.MethodPost, path, http.StatusCreated, p, h, opts)
}

// Act registers an action by POST: 200, with Idempotency-Key.
func Act[I, O any](r *Router, path string, p Permission, h Handler[I, O], opts ...Option) {
	register(r, http.MethodPost, path, http.StatusOK, p, h, opts)
}

// Put registers a replacement: 200.
func Put[I, O any](r *Router, path string, p Permission, h Handler[I, O], opts ...Option) {
	register(r, http.MethodPut, path, http.StatusOK, p, h, opts)
}

// Patch registers a partial change: 200.
func Patch[I, O any](r *Router, path string, p Permission, h Handler[I, O], opts ...Option) {
	register(r, http.MethodPatch, path, http.StatusOK, p, h, opts)
}

// Delete registers a removal: 204; O is usually struct{}.
func Delete[I, O any](r *Router, path string, p Permission, h Handler[I, O], opts ...Option) {
	register(r, http.MethodDelete, path, http.StatusNoContent, p, h, opts)
}

// PageInput is embedded in the input of every list.
type PageInput struct {
	Limit  int    `query:"limit" default:"20" minimum:"1" maximum:"200" doc:"items on the page"`
	Cursor string `query:"cursor" maxLength:"1024" doc:"nextCursor of the page before"`
}

// List is the body of every list (CONTRACT §2).
type List[T any] struct {
	Items       []T     `json:"items"`
	NextCursor  *string `json:"nextCursor"`
	Total       int64   `json:"total" doc:"exact to 10,000"`
	TotalIsMore bool    `json:"totalIsMore,omitempty" doc:"there are more than total"`
}

// CountLimit is how far totals are exact.
const CountLimit = 10_000

// NewList makes a list body; items is never null.
func NewList[T any](items []T, next string, total int64, more bool) List[T] {
	l := List[T]{Items: items, Total: total, TotalIsMore: more}
	if l.Items == nil {
		l.Items = []T{}
	}
	if next != "" {
		l.NextCursor = &next
	}
	return l
}

// Body wraps a response body.
type Body[T any] struct{ Body T }

// Answer wraps a value as a body.
func Answer[T any](v T) *Body[T] { return &Body[T]{Body: v} }
