package web

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
)

// Router registers routes; each carries its permission.
type Router struct {
	app     *fiber.App
	api     huma.API
	guard   *Guard
	log     *slog.Logger
	words   *Words
	trusted []netip.Prefix
	replays *replays
	rates   *rates
	streams *streams
	routes  []Route
	further []Permission // asked for inside handlers
	wrong   []error
	naming  string // package whose route is being registered
}

// Routes lists what was registered, in order of path and method.
func (r *Router) Routes() []Route {
	out := slices.Clone(r.routes)
	slices.SortFunc(out, func(a, b Route) int {
		if c := strings.Compare(a.Path, b.Path); c != 0 {
			return c
		}
		return strings.Compare(a.Method, b.Method)
	})
	return out
}

// OpenAPI is the description of the API: the same bytes every time.
func (r *Router) OpenAPI() ([]byte, error) {
	return json.MarshalIndent(r.api.OpenAPI(), "", "  ")
}

func (r *Router) apiConfig(version string) huma.Config {
	c := huma.DefaultConfig("CareCert", version)
	c.CreateHooks, c.DocsPath, c.OpenAPIPath, c.SchemasPath = nil, "", "", ""
	c.Servers = []*huma.Server{{URL: Prefix}}
	c.Info.Description = "Caregiver training, certification and subsidies. Percentages are strings with two decimals, truncated; " +
		"money is integer fen; hours are integer minutes; days are calendar days in Asia/Shanghai."
	c.Components.Schemas = r.schemas()
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: SessionCookie},
		"token":   {Type: "http", Scheme: "bearer"},
	}
	only := huma.Format{Marshal: huma.DefaultJSONFormat.Marshal, Unmarshal: huma.DefaultJSONFormat.Unmarshal}
	c.Formats = map[string]huma.Format{"application/json": only, "json": only}
	c.DefaultFormat = "application/json"
	c.OnAddOperation = append(c.OnAddOperation, listsAreLists)
	return c
}

// enrol notes a route and what is wrong with it; false when it stands already.
func (r *Router) enrol(method, path string, p Permission) bool {
	for _, other := range r.routes {
		if other.Method == method && other.Path == path {
			r.wrong = append(r.wrong, fmt.Errorf("web: %s %s is registered twice", method, path))
			return false
		}
	}
	if _, ok := r.guard.Enforcer.Decide(rolePublic, p.Noun, p.Verb); p.Open && !ok {
		r.wrong = append(r.wrong, fmt.Errorf("web: %s %s is open, but no policy grants %q on %q to the public", method, path, p.Verb, p.Noun))
	}
	r.routes = append(r.routes, Route{Method: method, Path: path, Permission: p})
	return true
}

// operation fills in what every route says of itself.
func (r *Router) operation(method, path string, status int, p Permission, opts []Option) huma.Operation {
	op := huma.Operation{
		Method: method, Path: path, OperationID: operationID(method, path), DefaultStatus: status,
		Tags: []string{p.Noun}, MaxBodyBytes: bodyLimit, BodyReadTimeout: -1, Metadata: map[string]any{},
		Errors: []int{http.StatusBadRequest, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusInternalServerError},
	}
	if p.Open {
		op.Security = []map[string][]string{}
	} else {
		op.Security = []map[string][]string{{"session": {}}, {"token": {}}}
		op.Errors = append(op.Errors, http.StatusUnauthorized, http.StatusForbidden)
		op.Description = fmt.Sprintf("Needs the verb %q on %q.", p.Verb, p.Noun)
	}
	if strings.Contains(path, "{") {
		op.Errors = append(op.Errors, http.StatusNotFound)
	}
	if unsafe(method) {
		op.Errors = append(op.Errors, http.StatusConflict, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	for _, o := range opts {
		o(&op)
	}
	return op
}

// operationID is "get-people-id" for GET /people/{id}.
func operationID(method, path string) string {
	clean := strings.NewReplacer("/", "-", "{", "", "}", "", ".", "-").Replace(path)
	return strings.ToLower(method) + clean
}

// unsafe tells the methods that change something.
func unsafe(method string) bool {
	return method != http.MethodGet && method != http.MethodHead && method != http.MethodOptions
}
