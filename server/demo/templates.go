package demo

import (
	"context"
	"fmt"
	"net/url"
)

// templates gives one school a template of its own, valid for a year, and two
// people a certificate from it that has expired.
func (l *loader) templates(ctx context.Context) error {
	var school, template struct{ ID string }
	body := map[string]any{"kind": "trainingSchool", "name": "青浦安康照护培训中心（示例）", "divisionCode": "310118", "parentId": l.orgs["district"]}
	if err := l.post(ctx, "/organizations", body, &school); err != nil {
		return err
	}
	l.orgs["ankang"] = school.ID
	if err := l.post(ctx, "/certificate-templates", map[string]any{"family": "trainingCompletion", "issuerId": school.ID}, &template); err != nil {
		return err
	}
	path := "/certificate-templates/" + url.PathEscape(template.ID)
	var now struct {
		Draft struct {
			Orientation string           `json:"orientation"`
			Elements    []map[string]any `json:"elements"`
			Validity    map[string]any   `json:"validity"`
		}
	}
	if err := l.get(ctx, path, &now); err != nil {
		return err
	}
	now.Draft.Validity = map[string]any{"months": 12}
	for _, e := range now.Draft.Elements {
		switch e["id"] {
		case "subtitle":
			e["text"] = "Ankang School of Care · Certificate of Completion"
		case "frame", "rule", "title", "seal":
			e["colour"] = "#0d6a5f"
		}
	}
	if err := l.put(ctx, path+"/draft", now.Draft); err != nil {
		return err
	}
	if err := l.post(ctx, path+"/versions", map[string]any{"note": "本中心的版面，有效期一年"}, nil); err != nil {
		return err
	}
	var learners []string
	for _, p := range places() {
		if all := l.byHome[p.Key]; len(all) > 1 {
			learners = all[:2]
			break
		}
	}
	on := l.today.AddDays(-400)
	_, err := l.run(ctx, demoClass{ // no hours follow from it, and no standard
		course: "familyCare", provider: "ankang", tier: "district", capacity: 20, learners: learners,
		meetings: []meeting{{on: on, from: "09:00", to: "12:00", minutes: 180, venue: "安康中心 实训室", teacher: "陶老师"}},
	})
	if err != nil {
		return fmt.Errorf("class of %s: %w", on, err)
	}
	return nil
}
