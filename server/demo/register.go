package demo

import (
	"context"
	"time"

	"carecert/modules/kernel"
)

// registerEdges shows the register's rules: two records that are one person,
// 23 months and 5 days of service, a move with ten overlapping days. None of
// them is a caregiver, so that the rate of the district stays as it is.
func (l *loader) registerEdges(ctx context.Context) error {
	for _, step := range []func(context.Context) error{l.twinRecords, l.nearlyTwoYears, l.tenDaysTwice} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) yearsAgo(years int, m time.Month, d int) kernel.Date {
	return kernel.NewDate(l.today.Year()-years, m, d)
}

func (l *loader) enter(ctx context.Context, home, name, idType, number string, more map[string]any) (string, error) {
	body := map[string]any{"name": name, "idType": idType, "idNumber": number, "kinds": []string{"careStaff"}, "organizationId": l.orgs[home]}
	for k, v := range more {
		body[k] = v
	}
	var made struct{ ID string }
	err := l.post(ctx, "/people", body, &made)
	return made.ID, err
}

func (l *loader) serve(ctx context.Context, person, home string, from, to kernel.Date) error {
	body := map[string]any{"organizationId": l.orgs[home], "role": "careStaff", "startedOn": string(from)}
	if to != "" {
		body["endedOn"] = string(to)
	}
	return l.post(ctx, "/people/"+person+"/employments", body, nil)
}

// twinRecords: 朱玉兰 was entered by resident card at one home and by passport,
// spelled alike, at another.
func (l *loader) twinRecords(ctx context.Context) error {
	first, err := l.enter(ctx, "dianshanhu", "朱玉兰", "residentId", idNumber("310118", "1982-04-18", 96), map[string]any{"phone": "13916550418", "education": "vocational"})
	if err != nil {
		return err
	}
	second, err := l.enter(ctx, "xujing", "朱玉兰", "passport", "E58210418", map[string]any{"phone": "13916550418", "birthDate": "1982-04-18", "gender": "female"})
	if err != nil {
		return err
	}
	if err := l.serve(ctx, first, "dianshanhu", l.yearsAgo(3, time.March, 1), l.yearsAgo(1, time.February, 28)); err != nil {
		return err
	}
	return l.serve(ctx, second, "xujing", l.yearsAgo(1, time.March, 10), "")
}

// nearlyTwoYears: 梁文秀 served 23 months and 5 days, which are not 24 months.
func (l *loader) nearlyTwoYears(ctx context.Context) error {
	id, err := l.enter(ctx, "renze", "梁文秀", "residentId", idNumber("341221", "1985-09-09", 98), nil)
	if err != nil {
		return err
	}
	return l.serve(ctx, id, "renze", l.yearsAgo(3, time.January, 1), l.yearsAgo(2, time.December, 5))
}

// tenDaysTwice: 蒋雪梅 went from one home to another with ten days at both.
func (l *loader) tenDaysTwice(ctx context.Context) error {
	id, err := l.enter(ctx, "songhua", "蒋雪梅", "residentId", idNumber("320722", "1988-02-02", 102), nil)
	if err != nil {
		return err
	}
	if err := l.serve(ctx, id, "songhua", l.yearsAgo(2, time.January, 1), l.yearsAgo(2, time.June, 30)); err != nil {
		return err
	}
	return l.serve(ctx, id, "fuquan", l.yearsAgo(2, time.June, 21), "")
}
