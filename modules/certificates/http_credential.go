package certificates

import (
	"context"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"carecert/modules/certificates/credential"
	"carecert/modules/kit/web"
)

func routesCredentials(r *web.Router, h *handlers) {
	public := func(verb string) web.Permission { return web.Public("certificate", verb) }
	lookUp, list, keys := public("lookUp"), public("readStatusList"), public("readKeys")
	web.Get(r, "/public/certificates/{code}/credential", lookUp, h.credential, web.Summary("The certificate as an Open Badges 3.0 credential (W3C Verifiable Credentials 2.0); ask for application/vc+jwt to have it signed"), answers(credential.TypeJSON, credential.TypeJWT))
	web.Get(r, "/public/certificates/{code}/credential.jwt", lookUp, h.credentialJWT, web.Summary("The credential as a VC-JWT: its payload is …/credential, to the letter"), answers(credential.TypeJWT))
	web.Get(r, "/public/status-lists/{id}/credential", list, h.statusCredential, web.Summary("The status list as a BitstringStatusListCredential; ask for application/vc+jwt to have it signed"), answers(credential.TypeJSON, credential.TypeJWT))
	web.Get(r, "/public/status-lists/{id}/credential.jwt", list, h.statusCredentialJWT, web.Summary("The same as a VC-JWT"), answers(credential.TypeJWT))
	web.Raw(r, http.MethodGet, "//.well-known/jwks.json", keys, published(credential.TypeJWKS, h.s.KeySet))
	web.Raw(r, http.MethodGet, "//.well-known/did.json", keys, published(credential.TypeDID, h.s.Document))
	web.Raw(r, http.MethodGet, "//did.json", keys, published(credential.TypeDID, h.s.Document)) // did:web of a base URL with a path
}

// answers says in OpenAPI what bytes are sent.
func answers(kinds ...string) web.Option {
	return func(op *huma.Operation) {
		content := map[string]*huma.MediaType{}
		for _, kind := range kinds {
			schema := &huma.Schema{Type: huma.TypeObject, Description: "JSON-LD", AdditionalProperties: true}
			if kind == credential.TypeJWT {
				schema = &huma.Schema{Type: huma.TypeString, Description: "compact JWS, alg EdDSA; its kid is a key of /.well-known/jwks.json and of the did:web document"}
			}
			content[kind] = &huma.MediaType{Schema: schema}
		}
		op.Responses = map[string]*huma.Response{"200": {Description: "OK", Content: content}}
	}
}

// credentialOutput may be read by the pages of other sites: a verifier is one.
type credentialOutput struct {
	ContentType string `header:"Content-Type"`
	Vary        string `header:"Vary"`
	AnyOrigin   string `header:"Access-Control-Allow-Origin"`
	Body        []byte
}

func (x Secured) output(jwt bool) *credentialOutput {
	out := &credentialOutput{ContentType: credential.TypeJSON, Vary: fiber.HeaderAccept, AnyOrigin: "*", Body: x.JSON}
	if jwt {
		out.ContentType, out.Body = credential.TypeJWT, []byte(x.JWT)
	}
	return out
}

type credentialInput struct {
	Code   string `path:"code" maxLength:"40" doc:"public code"`
	Accept string `header:"Accept" maxLength:"1000" required:"false"`
}

func wantsJWT(accept string) bool { return strings.Contains(accept, credential.TypeJWT) }

func (h *handlers) credential(ctx context.Context, in *credentialInput) (*credentialOutput, error) {
	x, err := h.s.Credential(ctx, in.Code)
	return x.output(wantsJWT(in.Accept)), err
}

type credentialJWTInput struct {
	Code string `path:"code" maxLength:"40" doc:"public code"`
}

func (h *handlers) credentialJWT(ctx context.Context, in *credentialJWTInput) (*credentialOutput, error) {
	x, err := h.s.Credential(ctx, in.Code)
	return x.output(true), err
}

type statusCredentialInput struct {
	ID     uint32 `path:"id"`
	Accept string `header:"Accept" maxLength:"1000" required:"false"`
}

func (h *handlers) statusCredential(ctx context.Context, in *statusCredentialInput) (*credentialOutput, error) {
	x, err := h.s.StatusCredential(ctx, in.ID)
	return x.output(wantsJWT(in.Accept)), err
}

func (h *handlers) statusCredentialJWT(ctx context.Context, in *statusListInput) (*credentialOutput, error) {
	x, err := h.s.StatusCredential(ctx, in.ID)
	return x.output(true), err
}

// published answers with a document at an address that a standard sets.
func published(kind string, write func(context.Context) ([]byte, error)) fiber.Handler {
	return func(c *fiber.Ctx) error {
		raw, err := write(c.UserContext())
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, kind)
		c.Set(fiber.HeaderAccessControlAllowOrigin, "*")
		c.Set(fiber.HeaderCacheControl, "no-cache")
		return c.Send(raw)
	}
}
