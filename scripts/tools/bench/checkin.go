package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"golang.org/x/sync/errgroup"

	"carecert/modules/kernel"
	"carecert/modules/kit/store"
	"carecert/server/app"
)

// A room checks in while teachers watch.
const (
	checkInRounds = 3
	watchers      = 50
	phones        = 32  // that send at a time
	wantedASecond = 300 // check-ins, on a machine of two cores
)

// room is a class with its learners, each with a token and a phone.
type room struct {
	scene
	class, course string
	people        []string
	tokens        []string
	keys          []*ecdsa.PrivateKey
}

// checkIns measures a room's check-ins over HTTP, each by a phone that proves
// itself, against a bare handler that checks an HMAC and writes one document.
func checkIns(ctx context.Context, engine, uri, dir string, learners int) (rows []row, err error) {
	a, err := open(ctx, named(uri, "checkin"), filepath.Join(dir, engine+"-checkin"))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, a.Close(ctx)) }()
	r, err := furnish(ctx, a, learners)
	if err != nil {
		return nil, err
	}
	base, err := listen(ctx, a.Web.Fiber)
	if err != nil {
		return nil, err
	}
	bare, err := listen(ctx, bareCheckIn(a.DB))
	if err != nil {
		return nil, err
	}
	var ours, least []float64
	var told atomic.Int64
	for n := range checkInRounds {
		session, code, err := r.begin(ctx, a)
		if err != nil {
			return nil, err
		}
		watching, leave := context.WithCancel(ctx)
		var watch errgroup.Group
		for range watchers {
			watch.Go(func() error {
				return follow(watching, base+"/api/v1/sessions/"+session+"/attendance/stream", r.token, &told)
			})
		}
		requests, err := r.requests(ctx, base+"/api/v1/sessions/"+session+"/check-ins", session, code)
		if err != nil {
			leave()
			return nil, err
		}
		rate, err := rush(requests)
		leave()
		if err = errors.Join(err, watch.Wait()); err != nil {
			return nil, err
		}
		ours = append(ours, rate)
		if requests, err = bareRequests(ctx, bare, n, learners); err != nil {
			return nil, err
		}
		if rate, err = rush(requests); err != nil {
			return nil, err
		}
		least = append(least, rate)
	}
	if told.Load() == 0 {
		return nil, errors.New("no roster heard of anybody")
	}
	per := func(n float64) string { return fmt.Sprintf("%.0f/s", n) }
	got, bareGot := median(ours), median(least)
	what := fmt.Sprintf("check-in of %d with %d open rosters", learners, watchers)
	return []row{
		{engine: engine, what: what, ours: per(got), bare: per(bareGot), ratio: got / bareGot, atLeast: 0.1},
		{engine: engine, what: what + ", against what is wanted", ours: per(got), bare: per(wantedASecond), ratio: got / wantedASecond, atLeast: 1},
	}, nil
}

// furnish opens a class and gives its learners accounts, tokens and phones.
func furnish(ctx context.Context, a *app.App, learners int) (r room, err error) {
	if err := r.signIn(ctx, a); err != nil {
		return r, err
	}
	made := func(path string, body map[string]any) (string, error) {
		var out struct{ ID string }
		err := r.post(ctx, a, path, body, &out)
		return out.ID, err
	}
	school, err := made("/organizations", map[string]any{"kind": "trainingSchool", "name": "香格里拉培训学校", "divisionCode": "310118"})
	if err != nil {
		return r, err
	}
	if r.course, err = made("/courses", map[string]any{"title": "压疮预防", "category": "inService", "classHours": 2, "mode": "classroom", "countsTowardInService": true}); err != nil {
		return r, err
	}
	today := kernel.DateOf(time.Now())
	if r.class, err = made("/classes", map[string]any{
		"courseId": r.course, "providerId": school, "organiserTier": "district", "startsOn": today.AddDays(-1), "endsOn": today.AddDays(1), "capacity": learners,
	}); err != nil {
		return r, err
	}
	r.people, r.tokens, r.keys = make([]string, learners), make([]string, learners), make([]*ecdsa.PrivateKey, learners)
	var each errgroup.Group
	each.SetLimit(4)
	for n := range learners {
		each.Go(func() (err error) {
			person := map[string]any{"name": fmt.Sprintf("学员%04d", n), "idType": "passport", "idNumber": fmt.Sprintf("E%08d", n), "kinds": []string{"caregiver"}}
			if r.people[n], err = made("/people", person); err != nil {
				return err
			}
			user, err := made("/users", map[string]any{
				"username": fmt.Sprintf("learner%04d", n), "displayName": "学员", "password": password, "personId": r.people[n], "grants": []any{map[string]any{"role": "caregiver"}},
			})
			if err != nil {
				return err
			}
			token, err := a.Accounts.Service.AddToken(kernel.WithActor(ctx, kernel.Actor{User: kernel.UserID(user)}), "bench", time.Now().Add(time.Hour))
			if err != nil {
				return err
			}
			r.tokens[n] = token.Secret
			r.keys[n], err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
			return err
		})
	}
	if err := each.Wait(); err != nil {
		return r, err
	}
	return r, r.post(ctx, a, "/classes/"+r.class+"/enrolments", map[string]any{"personIds": r.people}, &struct{}{})
}

// begin plans a session that is on, and gives the code on its screen.
func (r room) begin(ctx context.Context, a *app.App) (session, code string, err error) {
	var made struct{ ID string }
	now := time.Now()
	if err := r.post(ctx, a, "/classes/"+r.class+"/sessions", map[string]any{
		"startsAt": now.Add(-time.Minute), "endsAt": now.Add(time.Hour), "minutes": 45, "venue": "礼堂", "teacher": "周老师",
	}, &made); err != nil {
		return "", "", err
	}
	shown, err := a.Training.Service.CheckInCode(kernel.AsSystem(ctx, "bench"), kernel.SessionID(made.ID))
	return made.ID, shown.Code, err
}

// requests prepares what the phones send.
func (r room) requests(ctx context.Context, url, session, code string) ([]*http.Request, error) {
	out := make([]*http.Request, len(r.tokens))
	for n, token := range r.tokens {
		sum := sha256.Sum256([]byte(strings.Join([]string{"carecert check-in 1", session, code, "in"}, "\n")))
		x, y, err := ecdsa.Sign(rand.Reader, r.keys[n], sum[:])
		if err != nil {
			return nil, err
		}
		point, err := r.keys[n].PublicKey.Bytes()
		if err != nil {
			return nil, err
		}
		signature := make([]byte, 64)
		x.FillBytes(signature[:32])
		y.FillBytes(signature[32:])
		raw, err := json.Marshal(map[string]any{"code": code, "direction": "in", "device": map[string]string{
			"key": base64.RawURLEncoding.EncodeToString(point), "signature": base64.RawURLEncoding.EncodeToString(signature),
		}})
		if err != nil {
			return nil, err
		}
		if out[n], err = posted(ctx, url, token, raw); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func posted(ctx context.Context, url, token string, raw []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	return req, nil
}

// rush sends them all, some at a time, and tells how many a second were taken.
func rush(requests []*http.Request) (float64, error) {
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: phones}}
	defer client.CloseIdleConnections()
	var all errgroup.Group
	all.SetLimit(phones)
	began := time.Now()
	for _, req := range requests {
		all.Go(func() error {
			res, err := client.Do(req)
			if err != nil {
				return err
			}
			defer res.Body.Close()
			raw, err := io.ReadAll(res.Body)
			if err == nil && res.StatusCode != http.StatusCreated {
				err = fmt.Errorf("%s: %d %s", req.URL.Path, res.StatusCode, raw)
			}
			return err
		})
	}
	if err := all.Wait(); err != nil {
		return 0, err
	}
	return float64(len(requests)) / time.Since(began).Seconds(), nil
}

// follow reads a roster until the room is empty, and counts what it hears.
func follow(ctx context.Context, url, token string, told *atomic.Int64) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("roster: %d", res.StatusCode)
	}
	lines := bufio.NewReaderSize(res.Body, 1<<20)
	for {
		line, err := lines.ReadString('\n')
		if strings.HasPrefix(line, "data:") && strings.Contains(line, `"personId"`) {
			told.Add(1)
		}
		if err != nil { // it is left
			return nil //nolint:nilerr // the reader went away
		}
	}
}

// takenDoc is what the bare handler writes.
type takenDoc struct {
	store.Doc `bson:",inline"`
	Person    string    `bson:"person"`
	At        time.Time `bson:"at"`
}

// bareCheckIn is the least that takes a check-in: the HMAC of a code, and one
// document.
func bareCheckIn(db *store.DB) *fiber.App {
	taken := store.Open[takenDoc](db, store.Spec{Name: "bench_taken"})
	var once sync.Once
	f := fiber.New(fiber.Config{DisableStartupMessage: true})
	f.Post("/check-ins", func(c *fiber.Ctx) (err error) {
		once.Do(func() { err = db.Ensure(c.Context()) })
		if err != nil {
			return err
		}
		var in struct{ ID, Person, Code string }
		if err := json.Unmarshal(c.Body(), &in); err != nil {
			return err
		}
		if !hmac.Equal([]byte(bareCode(in.ID)), []byte(in.Code)) {
			return fiber.ErrConflict
		}
		if err := taken.Insert(c.Context(), takenDoc{Doc: store.Doc{ID: in.ID}, Person: in.Person, At: time.Now().UTC()}); err != nil {
			return err
		}
		return c.SendStatus(http.StatusCreated)
	})
	return f
}

func bareCode(id string) string {
	mac := hmac.New(sha256.New, []byte("bench"))
	_, _ = io.WriteString(mac, id)
	return hex.EncodeToString(mac.Sum(nil))[:8]
}

func bareRequests(ctx context.Context, base string, round, learners int) ([]*http.Request, error) {
	out := make([]*http.Request, learners)
	for n := range out {
		id := fmt.Sprintf("%d:%d", round, n)
		raw, err := json.Marshal(map[string]string{"id": id, "person": id, "code": bareCode(id)})
		if err != nil {
			return nil, err
		}
		if out[n], err = posted(ctx, base+"/check-ins", "", raw); err != nil {
			return nil, err
		}
	}
	return out, nil
}
