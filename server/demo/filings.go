package demo

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"carecert/modules/kernel"
)

// filingEdges: what the register of organisations and of certificates shows
// at its edges. 崧华养护院 and 练塘颐养院 have no director; 夏阳街道养护院 was
// renamed.
func (l *loader) filingEdges(ctx context.Context) error {
	for _, step := range []func(context.Context) error{l.directors, l.renamed, l.fourBodies, l.contested, l.refuted, l.otherFamilies} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// directors gives every home its director but one: the first who is
// responsible must be on file.
func (l *loader) directors(ctx context.Context) error {
	for i, p := range places() {
		if p.Director == "" {
			continue
		}
		var made struct{ ID string }
		born := kernel.NewDate(1968+i, time.April, 2+i)
		person := map[string]any{"name": p.Director, "idType": "residentId", "idNumber": idNumber("310118", born, 300+2*i), "education": "bachelor", "kinds": []string{"director"}}
		if err := l.post(ctx, "/people", person, &made); err != nil {
			return err
		}
		spell := map[string]any{"organizationId": l.orgs[p.Key], "role": "director", "startedOn": string(kernel.NewDate(l.today.Year()-4, time.July, 1))}
		if err := l.post(ctx, "/people/"+made.ID+"/employments", spell, nil); err != nil {
			return err
		}
	}
	return nil
}

// renamed: old reports and certificates keep the old name.
func (l *loader) renamed(ctx context.Context) error {
	body := map[string]any{"name": "夏阳街道综合养护院", "renamedOn": string(kernel.NewDate(l.today.Year(), time.January, 1))}
	return l.send(ctx, call{method: http.MethodPatch, path: "/organizations/" + l.orgs["xiayang"], body: body, want: http.StatusOK}, nil)
}

// fourBodies: a province files three bodies for an occupation; the fourth is
// warned about and taken.
func (l *loader) fourBodies(ctx context.Context) error {
	for i, name := range []string{"浦江康养评价中心（示例）", "申城技能评价中心（示例）", "沪西护理评价中心（示例）"} {
		body := map[string]any{
			"kind": "assessmentBody", "name": name, "divisionCode": []string{"310115", "310105", "310107"}[i],
			"assessmentCode": fmt.Sprintf("S0000310000%02d", 20+i), "validFrom": string(kernel.NewDate(2024+i/2, time.March, 1)), "validTo": "2029-12-31",
		}
		if err := l.post(ctx, "/organizations", body, nil); err != nil {
			return err
		}
	}
	return nil
}

// contested: 李桂芳's number is claimed for 赵美英 of another home.
func (l *loader) contested(ctx context.Context) error {
	var held struct {
		Items []struct {
			Number, IssuedOn, IssuerName string
			Level                        int
		}
	}
	if err := l.get(ctx, "/certificates?personId="+l.people["short"], &held); err != nil {
		return err
	}
	for _, c := range held.Items {
		if c.Level == 0 {
			continue
		}
		claim := map[string]any{
			"personId": l.people["unverified"], "family": "skillLevel", "number": c.Number, "level": c.Level, "issuedOn": c.IssuedOn, "issuerName": c.IssuerName,
		}
		return l.send(ctx, call{method: http.MethodPost, path: "/certificates/registrations", body: claim, want: http.StatusConflict}, nil)
	}
	return nil
}

// refuted: 冯丽's old certificate could not be found by its issuer.
func (l *loader) refuted(ctx context.Context) error {
	id, err := l.claimFor(ctx, "superseded", map[string]any{"family": "skillLevel", "number": "S000031000012225009001", "level": 5, "issuedOn": "2022-09-01"})
	if err != nil {
		return err
	}
	word := map[string]any{"method": "issuerLetter", "result": "refuted", "note": "评价中心来函：查无此证"}
	return l.post(ctx, "/certificates/"+id+"/verifications", word, nil)
}

// otherFamilies wait in the queue: an older number whose level digit is
// another, a grade of the civil service, a body that nobody registered.
func (l *loader) otherFamilies(ctx context.Context) error {
	for _, c := range []struct {
		who, family, number, on string
		level                   int
	}{
		{"degree", "qualification", "1509000000400123", "2015-06-01", 5},
		{"overlap", "civilServiceGrade", "沪工勤2016-0417", "2016-06-01", 4},
		{"late", "skillLevel", "Y000131000099243000001", "2024-05-20", 3},
	} {
		if _, err := l.claimFor(ctx, c.who, map[string]any{"family": c.family, "number": c.number, "level": c.level, "issuedOn": c.on}); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) claimFor(ctx context.Context, who string, claim map[string]any) (string, error) {
	claim["personId"] = l.people[who]
	if claim["issuerName"] == nil {
		claim["issuerName"] = "青浦区养老照护技能评价中心（示例）"
	}
	var made struct{ ID string }
	err := l.post(ctx, "/certificates/registrations", claim, &made)
	return made.ID, err
}
