package demo

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"net/url"
	"time"

	"carecert/modules/kernel"
)

// Password of every demo log-in; printed by scripts/run.
const Password = "carecert-demo"

// Login is one printed log-in.
type Login struct{ Username, Role string }

// loader keeps what was made, by key.
type loader struct {
	client
	rand     *rand.Rand
	began    time.Time
	today    kernel.Date
	orgs     map[string]string // key → id
	people   map[string]string // identity number → id
	byHome   map[string][]string
	invented map[string][]person // per institution, without the characters
	courses  map[string]string
	drawn    int

	programmes map[string]string // key → id
}

// Load fills an empty database. The client must act as the administrator.
func Load(ctx context.Context, do Handler, adminToken string, now time.Time) error {
	today := kernel.DateOf(now)
	l := &loader{
		client: client{do: do, token: adminToken}, rand: rand.New(rand.NewPCG(310118, 2025)), began: now, today: today,
		orgs: map[string]string{}, people: map[string]string{}, byHome: map[string][]string{}, invented: map[string][]person{}, courses: map[string]string{},
	}
	for _, step := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"organisations", l.organizations},
		{"people", l.staff},
		{"certificates", l.certificates},
		{"courses", l.catalogue},
		{"teachers", l.teaching},
		{"pre-job training", l.preJob},
		{"classes", l.classes},
		{"characters", l.characters},
		{"seats", l.seats},
		{"register", l.registerEdges},
		{"data quality", l.quality},
		{"hours earned elsewhere", l.elsewhere},
		{"a second district", l.jinshan},
		{"radar", l.radar},
		{"levels", l.levels},
		{"log-ins", l.logins},
		{"learning away from class rooms", l.learning},
		{"applications", l.applications},
		{"an inspection sample", l.sample},
		{"certificate templates", l.templates},
		{"inspections on the spot", l.spotChecks},
		{"consents and corrections", l.privacy},
		{"a certificate that is shared", l.showing},
		{"filings", l.filingEdges},
		{"standards and programmes", l.standards},
		{"everything about oneself", l.oneself},
		{"platforms", l.platforms},
		{"witnesses of the issuance log", l.witnesses},
	} {
		if err := step.do(ctx); err != nil {
			return fmt.Errorf("demo %s: %w", step.name, err)
		}
	}
	return nil
}

// await polls an import until it is through.
func (c *client) await(ctx context.Context, id string) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		var job struct {
			Status   string
			Rejected int
			Errors   []struct {
				Row             int
				Column, Message string
			}
		}
		if err := c.get(ctx, "/imports/"+id, &job); err != nil {
			return err
		}
		switch {
		case job.Status == "done" && job.Rejected == 0:
			return nil
		case job.Status == "done" || job.Status == "failed":
			return fmt.Errorf("import %s: %d rejected: %v", job.Status, job.Rejected, job.Errors)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

func (l *loader) organizations(ctx context.Context) error {
	add := func(key string, body map[string]any) error {
		var made struct{ ID string }
		if err := l.post(ctx, "/organizations", body, &made); err != nil {
			return err
		}
		l.orgs[key] = made.ID
		return nil
	}
	if err := add("city", map[string]any{"kind": "cityBureau", "name": "上海市民政局", "divisionCode": city}); err != nil {
		return err
	}
	if err := add("district", map[string]any{"kind": "districtBureau", "name": "青浦区民政局", "divisionCode": district}); err != nil {
		return err
	}
	for _, s := range streets() {
		body := map[string]any{"kind": "subdistrict", "name": s.Name, "divisionCode": district, "subdistrictCode": s.Subdistrict}
		if err := add(s.Subdistrict, body); err != nil {
			return err
		}
	}
	body := map[string]any{
		"kind": "assessmentBody", "name": "青浦区养老照护技能评价中心（示例）", "divisionCode": district,
		"assessmentCode": "S000031000012", "validFrom": "2020-01-01", "validTo": "2029-12-31",
	}
	if err := add("body", body); err != nil {
		return err
	}
	if err := add("group", map[string]any{"kind": "operatorGroup", "name": "九如养老集团（示例）", "divisionCode": district}); err != nil {
		return err
	}
	for _, p := range places() {
		body := map[string]any{"kind": p.Kind, "name": p.Name, "divisionCode": p.Division, "subdistrictCode": p.Subdistrict}
		if p.Credit != "" {
			body["creditCode"] = p.Credit
		}
		if p.Branch {
			body["parentId"] = l.orgs["base"]
		}
		if p.Group {
			body["operatorGroupId"] = l.orgs["group"]
		}
		if p.Kind == "institution" {
			body["approvedBeds"], body["hasInHouseClinic"], body["smallCareHome"] = p.Beds, p.Clinic, p.SmallHome
			if p.Grade != "" {
				body["grade"] = p.Grade
			}
		}
		if err := add(p.Key, body); err != nil {
			return err
		}
	}
	for _, p := range places() {
		if p.Kind != "institution" {
			continue
		}
		commission := map[string]any{"schoolId": l.orgs["school"], "startsOn": string(kernel.NewDate(l.today.Year()-2, time.January, 1))}
		if err := l.post(ctx, "/organizations/"+l.orgs[p.Key]+"/commissions", commission, nil); err != nil {
			return err
		}
	}
	return nil
}

// staff imports one roster per institution, the named characters on top.
func (l *loader) staff(ctx context.Context) error {
	first := kernel.NewDate(l.today.Year()-6, time.January, 10)
	for _, p := range places() {
		if p.Staff == 0 {
			continue
		}
		var roster []person
		for _, c := range characters() {
			if c.Home == p.Key {
				roster = append(roster, person{Name: c.Name, IDNumber: c.ID, Phone: l.phone(), Education: "高中", HiredOn: kernel.NewDate(l.today.Year()-3, time.March, 15), Note: c.Shows})
			}
		}
		for range p.Staff {
			l.drawn++
			drawn := draw(l.rand, l.drawn, first.AddDays(l.rand.IntN(1900)))
			roster = append(roster, drawn)
			l.invented[p.Key] = append(l.invented[p.Key], drawn)
		}
		if err := l.upload(ctx, "people", l.orgs[p.Key], p.Name+"花名册.csv", rosterFile(roster)); err != nil {
			return fmt.Errorf("roster of %s: %w", p.Name, err)
		}
		if err := l.learn(ctx, p.Key); err != nil {
			return err
		}
	}
	return nil
}

func (l *loader) phone() string {
	l.drawn++
	return fmt.Sprintf("139%08d", 10_000_000+l.drawn*6151%89_999_999)
}

// learn reads back who works at an institution.
func (l *loader) learn(ctx context.Context, key string) error {
	cursor := ""
	for {
		var page struct {
			Items      []struct{ ID, Name string }
			NextCursor *string
		}
		query := url.Values{"organizationId": {l.orgs[key]}, "limit": {"200"}}
		if cursor != "" {
			query.Set("cursor", cursor)
		}
		if err := l.get(ctx, "/people?"+query.Encode(), &page); err != nil {
			return err
		}
		for _, p := range page.Items {
			l.byHome[key] = append(l.byHome[key], p.ID)
			for _, c := range characters() {
				if c.Home == key && c.Name == p.Name {
					l.people[c.Key] = p.ID
				}
			}
		}
		if page.NextCursor == nil {
			return nil
		}
		cursor = *page.NextCursor
	}
}

func rosterFile(roster []person) []byte {
	rows := [][]string{{"序号", "姓名", "身份证号码", "联系电话", "文化程度", "入职日期", "备注"}}
	for i, p := range roster {
		rows = append(rows, []string{fmt.Sprint(i + 1), p.Name, p.IDNumber, p.Phone, p.Education, string(p.HiredOn), p.Note})
	}
	return csvFile(rows)
}

func csvFile(rows [][]string) []byte {
	var buf bytes.Buffer
	buf.WriteString("\ufeff")
	w := csv.NewWriter(&buf)
	_ = w.WriteAll(rows) // a bytes.Buffer takes everything
	return buf.Bytes()
}

type account struct {
	username, name, role, org, person string
}

func accounts() []account {
	all := []account{
		{"shi", "上海市民政局 沈处", "cityBureau", "city", ""},
		{"qingpu", "周晓岚", "districtBureau", "district", ""},
		{"qingpu2", "陆建华", "districtBureau", "district", ""},
		{"xiayang", "夏阳街道 顾老师", "subdistrict", "310118001", ""},
		{"dianshanhu", "淀山湖福利院 钱院长", "institution", "dianshanhu", ""},
		{"xujing", "徐泾镇养护院 范主任", "institution", "xujing", ""},
		{"liantang", "练塘颐养院 陆院长", "institution", "liantang", ""},
		{"school", "香格里拉培训学校 周老师", "school", "school", ""},
		{"jinshan", "金山区民政局 唐老师", "districtBureau", "jinshan", ""},
		{"haiyue", "海悦培训学校 陆老师", "school", "jinshanSchool", ""},
		{"langxia", "廊下颐康养老院 蔡院长", "institution", "jinshanRadar", ""},
		{"assessor", "技能评价中心 许老师", "assessor", "body", ""},
		{"assessor2", "练塘评价站 高老师", "assessor", "bodyEnded", ""},
		{"auditor", "审计员", "auditor", "", ""},
	}
	for _, c := range characters() {
		all = append(all, account{c.Login, c.Name, "caregiver", "", c.Key})
	}
	return all
}

// Logins lists the demo's log-ins but the administrator's.
func Logins() []Login {
	var out []Login
	for _, a := range accounts() {
		out = append(out, Login{a.username, a.role})
	}
	return out
}

func (l *loader) logins(ctx context.Context) error {
	for _, a := range accounts() {
		grant := map[string]any{"role": a.role}
		if a.org != "" {
			grant["organizationId"] = l.orgs[a.org]
		}
		body := map[string]any{"username": a.username, "displayName": a.name, "password": Password, "grants": []any{grant}}
		if a.person != "" {
			body["personId"] = l.people[a.person]
		}
		if err := l.post(ctx, "/users", body, nil); err != nil {
			return err
		}
	}
	return nil
}

// certificates registers what assessment bodies issued: about three of four,
// most of them verified, a few still waiting.
func (l *loader) certificates(ctx context.Context) error {
	serial := 0
	for _, p := range places() {
		rows := [][]string{{"姓名", "证件号码", "证书编号", "职业名称", "等级", "发证日期", "评价机构"}}
		for _, c := range characters() {
			if c.Home == p.Key && c.Level > 0 {
				serial++
				rows = append(rows, certificateRow(c.Name, c.ID, c.Level, kernel.NewDate(l.today.Year()-3, time.June, 1), serial))
			}
		}
		for _, d := range l.invented[p.Key] {
			if l.rand.IntN(100) < 24 {
				continue
			}
			serial++
			level := []int{5, 5, 5, 5, 4, 4, 4, 3, 3, 2}[l.rand.IntN(10)]
			rows = append(rows, certificateRow(d.Name, d.IDNumber, level, kernel.NewDate(2021+l.rand.IntN(max(1, l.today.Year()-2021)), time.Month(1+l.rand.IntN(12)), 1+l.rand.IntN(28)), serial))
		}
		if len(rows) == 1 {
			continue
		}
		if err := l.upload(ctx, "certificates", l.orgs[p.Key], p.Name+"证书.csv", csvFile(rows)); err != nil {
			return fmt.Errorf("certificates of %s: %w", p.Name, err)
		}
	}
	return l.verify(ctx)
}

func certificateRow(name, id string, level int, on kernel.Date, serial int) []string {
	number := fmt.Sprintf("S000031000012%s%d%06d", string(on[2:4]), level, serial)
	word := []string{"", "一级/高级技师", "二级/技师", "三级/高级工", "四级/中级工", "五级/初级工"}[level]
	return []string{name, id, number, "养老护理员", word, string(on), "青浦区养老照护技能评价中心（示例）"}
}

// verify confirms what is waiting, but for the character who shows the queue
// and one in twenty.
func (l *loader) verify(ctx context.Context) error {
	cursor := ""
	var waiting []string
	for {
		var page struct {
			Items []struct {
				ID       string
				PersonID string
			}
			NextCursor *string
		}
		query := url.Values{"status": {"unverified"}, "limit": {"200"}}
		if cursor != "" {
			query.Set("cursor", cursor)
		}
		if err := l.get(ctx, "/certificates?"+query.Encode(), &page); err != nil {
			return err
		}
		for _, c := range page.Items {
			if c.PersonID != l.people["unverified"] {
				waiting = append(waiting, c.ID)
			}
		}
		if page.NextCursor == nil {
			break
		}
		cursor = *page.NextCursor
	}
	for i, id := range waiting {
		if i%20 == 19 {
			continue
		}
		body := map[string]any{"method": "ostaQuery", "result": "confirmed", "note": "联网查询一致"}
		if err := l.post(ctx, "/certificates/"+id+"/verifications", body, nil); err != nil {
			return err
		}
	}
	return nil
}
