package demo

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"carecert/modules/kernel"
)

// scanned are five who check in by phone while the demo is loaded, since a scan
// is of this moment: all of them within one second, and 范引珍 in the room next
// door with the phone of 丁素芬. The teacher checks everybody out and closes.
func (l *loader) scanned(ctx context.Context) error {
	names := []string{"丁素芬", "范引珍", "马凤仙", "宋根妹", "柳阿妹"}
	people := make([]string, len(names))
	users := make([]string, len(names))
	for i, name := range names {
		var made struct{ ID string }
		if err := l.post(ctx, "/people", map[string]any{
			"name": name, "idType": "residentId", "idNumber": idNumber("310116", kernel.NewDate(1976+i, time.September, 2+i), 620+2*i),
			"education": "secondary", "kinds": []string{"caregiver"},
		}, &made); err != nil {
			return err
		}
		people[i], users[i] = made.ID, fmt.Sprintf("langxia-phone-%d", i+1)
		spell := map[string]any{"organizationId": l.orgs["jinshanRadar"], "role": "caregiver", "startedOn": string(l.today.AddDays(-300))}
		if err := l.post(ctx, "/people/"+made.ID+"/employments", spell, nil); err != nil {
			return err
		}
		account := map[string]any{
			"username": users[i], "displayName": name, "password": Password, "personId": made.ID, "grants": []any{map[string]any{"role": "caregiver"}},
		}
		if err := l.post(ctx, "/users", account, nil); err != nil {
			return err
		}
	}
	phone, err := newPhone()
	if err != nil {
		return err
	}
	together, err := l.now(ctx, people, room{"多功能厅", "朱老师"})
	if err != nil {
		return err
	}
	if err := l.allAtOnce(ctx, together[0], users); err != nil {
		return err
	}
	rooms, err := l.now(ctx, people[:3], room{"一楼餐厅", "孙老师"}, room{"二楼餐厅", "钱老师"})
	if err != nil {
		return err
	}
	for i, session := range rooms {
		if err := l.scan(ctx, users[i], session, phone, http.StatusCreated); err != nil {
			return err
		}
	}
	for _, other := range users[1:3] { // who are not there
		if err := l.scan(ctx, other, rooms[0], phone, http.StatusConflict); err != nil {
			return err
		}
	}
	for _, session := range append(together, rooms...) {
		if err := l.act(ctx, "/sessions/"+session+"/attendance", map[string]any{"act": "checkOut", "reason": "统一签退"}, nil); err != nil {
			return err
		}
		if err := l.act(ctx, "/sessions/"+session+"/close", map[string]any{}, nil); err != nil {
			return err
		}
	}
	return nil
}

type room struct{ venue, teacher string }

// now opens a class whose sessions, a room each, have just begun.
func (l *loader) now(ctx context.Context, learners []string, rooms ...room) (sessions []string, err error) {
	begins := l.began.Add(-5 * time.Minute).Truncate(time.Minute)
	on := string(kernel.DateOf(begins))
	var class struct{ ID string }
	if err := l.post(ctx, "/classes", map[string]any{
		"courseId": l.courses["drill"], "providerId": l.orgs["jinshanRadar"], "organiserTier": "institution",
		"startsOn": on, "endsOn": on, "capacity": 20,
	}, &class); err != nil {
		return nil, err
	}
	for _, r := range rooms {
		var made struct{ ID string }
		if err := l.post(ctx, "/classes/"+class.ID+"/sessions", map[string]any{
			"startsAt": begins.UTC().Format(time.RFC3339), "endsAt": begins.Add(90 * time.Minute).UTC().Format(time.RFC3339), "minutes": 90,
			"venue": r.venue, "teacher": r.teacher,
		}, &made); err != nil {
			return nil, err
		}
		sessions = append(sessions, made.ID)
	}
	return sessions, l.post(ctx, "/classes/"+class.ID+"/enrolments", map[string]any{"personIds": learners}, nil)
}

// allAtOnce has everybody check in at the beginning of one second of the
// program's clock, each with no phone of their own.
func (l *loader) allAtOnce(ctx context.Context, session string, users []string) error {
	ready, start := make(chan struct{}, len(users)), make(chan struct{})
	scans, scanning := errgroup.WithContext(ctx)
	for _, u := range users {
		scans.Go(func() error {
			return l.signedIn(scanning, u, func(c *client) error {
				ready <- struct{}{}
				<-start
				return l.checkIn(scanning, c, session, nil, http.StatusCreated)
			})
		})
	}
	for range users {
		select {
		case <-ready:
		case <-scanning.Done():
			close(start)
			return scans.Wait()
		}
	}
	var seen struct{ AsOf time.Time }
	err := l.get(ctx, "/sessions/"+session+"/attendance", &seen)
	if next := seen.AsOf.Truncate(time.Second).Add(time.Second); err == nil {
		select {
		case <-time.After(next.Sub(seen.AsOf)):
		case <-ctx.Done():
		}
	}
	close(start)
	if failed := scans.Wait(); failed != nil {
		return failed
	}
	return err
}

func (l *loader) scan(ctx context.Context, user, session string, phone *ecdsa.PrivateKey, want int) error {
	return l.signedIn(ctx, user, func(c *client) error { return l.checkIn(ctx, c, session, phone, want) })
}

func (l *loader) checkIn(ctx context.Context, c *client, session string, phone *ecdsa.PrivateKey, want int) error {
	var shown struct{ Code string }
	if err := l.get(ctx, "/sessions/"+session+"/check-in-code", &shown); err != nil {
		return err
	}
	body := map[string]any{"code": shown.Code, "direction": "in"}
	if phone != nil {
		proof, err := signed(phone, "carecert check-in 1", session, shown.Code, "in")
		if err != nil {
			return err
		}
		body["device"] = proof
	}
	return c.send(ctx, call{method: http.MethodPost, path: "/sessions/" + session + "/check-ins", body: body, want: want}, nil)
}

func newPhone() (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("a phone's key: %w", err)
	}
	return key, nil
}

// signed is what a phone sends with a scan (kernel.PhoneProof).
func signed(phone *ecdsa.PrivateKey, lines ...string) (map[string]any, error) {
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	r, s, err := ecdsa.Sign(rand.Reader, phone, sum[:])
	if err != nil {
		return nil, fmt.Errorf("sign as a phone: %w", err)
	}
	point, err := phone.PublicKey.Bytes()
	if err != nil {
		return nil, fmt.Errorf("a phone's public key: %w", err)
	}
	signature := make([]byte, 64)
	r.FillBytes(signature[:32])
	s.FillBytes(signature[32:])
	text := base64.RawURLEncoding.EncodeToString
	return map[string]any{"key": text(point), "signature": text(signature)}, nil
}
