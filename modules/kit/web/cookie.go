package web

import (
	"context"
	"net/http"

	"github.com/gofiber/fiber/v2"
)

type answerKey struct{}

// withAnswer lets handlers set cookies. huma would join two of them into one
// header, which browsers do not read.
func withAnswer(ctx context.Context, c *fiber.Ctx) context.Context {
	return context.WithValue(ctx, answerKey{}, c)
}

// SetCookie adds a cookie to the answer of the request that ctx belongs to.
func SetCookie(ctx context.Context, cookie http.Cookie) {
	if c, ok := ctx.Value(answerKey{}).(*fiber.Ctx); ok {
		c.Response().Header.Add(fiber.HeaderSetCookie, cookie.String())
	}
}
