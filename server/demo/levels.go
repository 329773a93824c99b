package demo

import (
	"context"
	"fmt"
)

// levels lets the assessment body issue two levels, and registers a body whose
// time is over.
func (l *loader) levels(ctx context.Context) error {
	for i, p := range l.invented["songhua"][:2] {
		draft := map[string]any{
			"bodyId": l.orgs["body"], "name": p.Name, "idNumber": p.IDNumber, "level": 4 - i, "issuedOn": string(l.today.AddDays(i - 30)),
		}
		if i == 1 {
			draft["direction"] = "失智照护"
		}
		if err := l.post(ctx, "/certificates/skill-levels", draft, nil); err != nil {
			return fmt.Errorf("level of %s: %w", p.Name, err)
		}
	}
	var made struct{ ID string }
	body := map[string]any{
		"kind": "assessmentBody", "name": "练塘护理技能评价站（示例）", "divisionCode": district, "assessmentCode": "S000031000018",
		"validFrom": "2021-01-01", "validTo": "2023-12-31", // before the bodies that fourBodies files
	}
	if err := l.post(ctx, "/organizations", body, &made); err != nil {
		return err
	}
	l.orgs["bodyEnded"] = made.ID
	return nil
}
