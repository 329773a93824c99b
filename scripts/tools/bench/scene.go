package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"time"

	"carecert/modules/accounts"
	"carecert/modules/certificates"
	"carecert/modules/kernel"
	"carecert/server/app"
)

// scene is what the measurements need: an institution, and certificates.
type scene struct {
	token       string
	institution string
	school      string
	person      string
	texts       []string // QR texts
	codes       []string
}

const password = "bench-password"

// signIn makes the administrator and a token.
func (s *scene) signIn(ctx context.Context, a *app.App) error {
	if _, _, err := a.Accounts.Service.Bootstrap(ctx, password); err != nil {
		return err
	}
	in, err := a.Accounts.Service.SignIn(ctx, accounts.Login{Username: "admin", Password: password})
	if err != nil {
		return err
	}
	actor := kernel.Actor{User: in.User.ID, Name: "bench", Grants: in.User.Grants}
	token, err := a.Accounts.Service.AddToken(kernel.WithActor(ctx, actor), "bench", time.Now().Add(24*time.Hour)) // a million people take hours
	if err != nil {
		return err
	}
	s.token = token.Secret
	return nil
}

func settle(ctx context.Context, a *app.App) (s scene, err error) {
	if err := s.signIn(ctx, a); err != nil {
		return s, err
	}
	for _, c := range []struct {
		path string
		body map[string]any
		into *string
	}{
		{"/organizations", map[string]any{"kind": "districtBureau", "name": "青浦区民政局", "divisionCode": "310118"}, new(string)},
		{"/organizations", map[string]any{"kind": "institution", "name": "淀山湖福利院", "divisionCode": "310118", "subdistrictCode": "310118102", "approvedBeds": 300}, &s.institution},
		{"/organizations", map[string]any{"kind": "trainingSchool", "name": "香格里拉培训学校", "divisionCode": "310118"}, &s.school},
		{"/people", map[string]any{"name": "王秀兰", "idType": "residentId", "idNumber": "310118198506150005", "kinds": []string{"caregiver"}}, &s.person},
	} {
		var made struct{ ID string }
		if err := s.post(ctx, a, c.path, c.body, &made); err != nil {
			return s, err
		}
		*c.into = made.ID
	}
	for n := range 2000 {
		id, err := a.Certificates.Service.Issue(kernel.AsSystem(ctx, "bench"), certificates.Draft{
			Family: certificates.FamilyTraining, Person: kernel.PersonID(s.person), Issuer: kernel.OrganizationID(s.school),
			IssuedOn: "2025-10-18", Title: "压疮预防与体位护理", Minutes: 540, PerHour: 45, Source: fmt.Sprint("bench:", n),
		})
		if err != nil {
			return s, err
		}
		c, err := a.Certificates.Service.Find(kernel.AsSystem(ctx, "bench"), id)
		if err != nil {
			return s, err
		}
		s.texts, s.codes = append(s.texts, c.QRText), append(s.codes, c.Code)
	}
	return s, nil
}

func (s scene) post(ctx context.Context, a *app.App, path string, body, out any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	req := httptest.NewRequestWithContext(ctx, http.MethodPost, "/api/v1"+path, bytes.NewReader(raw))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+s.token)
	res, err := a.Web.Fiber.Test(req, -1)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s: %d %s", path, res.StatusCode, answer)
	}
	return json.Unmarshal(answer, out)
}
