package demo

import (
	"context"
	"net/http"
	"net/url"

	"carecert/modules/kernel"
)

// gap is somebody at 练塘 whose record has one deliberate gap, or none.
type gap struct {
	Name, ID, Gender, Phone, Education string
	Level                              int // of a registered certificate; 0 for none
	Shows                              string
}

// rosterGaps came with the roster of the home's opening.
func rosterGaps() []gap {
	return []gap{
		{"陆小芬", idNumber("310118", "1980-02-11", 102), "女", "13918000101", "高中", 5, "nothing to mend"},
		{"归玉珍", idNumber("310118", "1977-07-23", 104), "女", "13918000102", "初中", 0, "no certificate number"},
		{"沈阿妹", idNumber("310118", "1969-12-05", 106), "女", "", "初中", 5, "no telephone number"},
		{"倪建军", idNumber("310118", "1985-03-30", 107), "女", "13918000104", "大专", 4, "the roster says another gender than the number"},
		{"金雪梅", idNumber("310118", "1990-10-18", 108), "女", "13918000105", "高中", 5, "a certificate that the verifier refuted"},
		{"俞桂芳", idNumber("310118", "1972-04-27", 110), "女", "13918000106", "初中", 0, "no certificate yet, and somebody's word that it is so"},
	}
}

// quality fills a home whose records have one gap of every kind: the edges of
// what is in time are entered the day the demo is loaded, exactly at the limit
// of seven days and one day beyond.
func (l *loader) quality(ctx context.Context) error {
	home := l.orgs["liantang"]
	rows := [][]string{{"序号", "姓名", "性别", "身份证号码", "联系电话", "文化程度", "入职日期"}}
	papers := [][]string{{"姓名", "证件号码", "证书编号", "职业名称", "等级", "发证日期", "评价机构"}}
	hired := kernel.NewDate(l.today.Year()-2, 5, 6)
	for i, g := range rosterGaps() {
		rows = append(rows, []string{"", g.Name, g.Gender, g.ID, g.Phone, g.Education, string(hired)})
		if g.Level > 0 {
			papers = append(papers, certificateRow(g.Name, g.ID, g.Level, hired.AddDays(30), 900_001+i))
		}
	}
	if err := l.upload(ctx, "people", home, "练塘颐养院花名册.csv", csvFile(rows)); err != nil {
		return err
	}
	if err := l.upload(ctx, "certificates", home, "练塘颐养院证书.csv", csvFile(papers)); err != nil {
		return err
	}
	at, err := l.staffOf(ctx, home)
	if err != nil {
		return err
	}
	if err := l.compare(ctx, at); err != nil {
		return err
	}
	word := call{
		method: http.MethodPut, path: "/people/" + at["俞桂芳"] + "/findings/missingCertificate/word",
		body: map[string]any{"word": "刚参加完培训，已报名下一批认定"}, want: http.StatusOK,
	}
	if err := l.send(ctx, word, nil); err != nil {
		return err
	}
	for _, late := range []struct {
		name, id string
		days     int
	}{
		{"顾海波", idNumber("310118", "1988-08-08", 111), 7}, // the last day that is in time
		{"吴凤仙", idNumber("310118", "1986-06-16", 112), 8}, // one day late
	} {
		if err := l.hire(ctx, late.name, late.id, home, l.today.AddDays(-late.days)); err != nil {
			return err
		}
		row := certificateRow(late.name, late.id, 5, hired, 900_100+late.days)
		if err := l.upload(ctx, "certificates", home, late.name+"证书.csv", csvFile([][]string{papers[0], row})); err != nil {
			return err
		}
	}
	reminder := map[string]any{"organizationId": home, "note": "请在月底前补正，季度评级将据此核对。"}
	return l.post(ctx, "/reminders", reminder, nil)
}

func (l *loader) staffOf(ctx context.Context, home string) (map[string]string, error) {
	var page struct{ Items []struct{ ID, Name string } }
	if err := l.get(ctx, "/people?"+url.Values{"organizationId": {home}, "limit": {"200"}}.Encode(), &page); err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, p := range page.Items {
		out[p.Name] = p.ID
	}
	return out, nil
}

// compare lets the verifier confirm the home's certificates but one.
func (l *loader) compare(ctx context.Context, at map[string]string) error {
	for _, g := range rosterGaps() {
		if g.Level == 0 {
			continue
		}
		var page struct{ Items []struct{ ID string } }
		if err := l.get(ctx, "/certificates?personId="+at[g.Name], &page); err != nil {
			return err
		}
		body := map[string]any{"method": "ostaQuery", "result": "confirmed", "note": "联网查询一致"}
		if g.Name == "金雪梅" {
			body["result"], body["note"] = "refuted", "联网查询无此编号"
		}
		if err := l.post(ctx, "/certificates/"+page.Items[0].ID+"/verifications", body, nil); err != nil {
			return err
		}
	}
	return nil
}

// hire registers somebody complete and gives them a post.
func (l *loader) hire(ctx context.Context, name, id, home string, from kernel.Date) error {
	var made struct{ ID string }
	body := map[string]any{
		"name": name, "idType": "residentId", "idNumber": id, "phone": l.phone(), "education": "vocational", "kinds": []string{"caregiver"}, "organizationId": home,
	}
	if err := l.post(ctx, "/people", body, &made); err != nil {
		return err
	}
	post := map[string]any{"organizationId": home, "role": "caregiver", "startedOn": string(from)}
	return l.post(ctx, "/people/"+made.ID+"/employments", post, nil)
}
