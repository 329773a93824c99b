package web

import (
	"crypto/subtle"
	"net"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

type meters struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newMeters() *meters {
	m := &meters{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "carecert_http_request_seconds", Help: "Requests by method, route and status.",
			Buckets: []float64{.001, .005, .02, .1, .5, 2, 10},
		}, []string{"method", "route", "status"}),
	}
	m.registry.MustRegister(m.requests, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

func (m *meters) count(method, route string, status int, took time.Duration) {
	m.requests.WithLabelValues(method, route, strconv.Itoa(status)).Observe(took.Seconds())
}

// metrics is for the machine itself, or for whoever holds the token.
func (a *App) metrics(c *fiber.Ctx) error {
	ip := net.ParseIP(c.Context().RemoteIP().String())
	token := a.cfg.MetricsToken
	held := token != "" && subtle.ConstantTimeCompare([]byte(c.Get(fiber.HeaderAuthorization)), []byte("Bearer "+token)) == 1
	if !held && (ip == nil || !ip.IsLoopback() || c.Get(fiber.HeaderXForwardedFor) != "") {
		return errForbidden
	}
	return adaptor.HTTPHandler(promhttp.HandlerFor(a.meters.registry, promhttp.HandlerOpts{}))(c)
}
