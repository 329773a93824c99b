package demo

import (
	"context"
	"fmt"
	"time"
)

// elsewhere imports what characters learned elsewhere; it waits for the
// bureau. Confirmed, it brings the one who is a minute short over the line,
// counts the hour that overlaps with a session once, and counts a degree class
// not at all.
func (l *loader) elsewhere(ctx context.Context) error {
	day := func(m time.Month, d int) string { return string(l.lastYear(m, d)) }
	files := map[string][][]string{}
	for _, c := range characters() {
		row := func(on, title, provider, tier, category, hours, from, to, remark string) {
			files[c.Home] = append(files[c.Home], []string{c.Name, c.ID, on, title, provider, tier, category, hours, from, to, remark})
		}
		switch c.Key {
		case "short":
			row(day(time.November, 6), "老年人急救常识", "青浦区红十字会", "区级", "在岗培训", "2", "13:30", "15:00", "签到表复印件已交")
		case "overlap":
			row(day(time.May, 20), "消防安全演练", "青浦区消防救援支队", "区级", "消防安全培训", "2", "11:00", "12:30", "与院内课有半小时重叠")
			row(day(time.May, 21), "消防安全演练", "青浦区消防救援支队", "区级", "消防安全培训", "1", "", "", "")
		case "degree":
			row(day(time.October, 12), "老年服务与管理（大专班）", "上海开放大学", "市级", "学历教育", "8", "", "", "")
		}
	}
	titles := []string{"姓名", "证件号码", "培训日期", "培训主题", "培训机构", "组织方层级", "培训类别", "课时", "开始时间", "结束时间", "备注"}
	for _, p := range places() {
		rows := files[p.Key]
		if len(rows) == 0 {
			continue
		}
		name := fmt.Sprintf("%s%d年外部培训.csv", p.Name, l.today.Year()-1)
		if err := l.upload(ctx, "hours", l.orgs[p.Key], name, csvFile(append([][]string{titles}, rows...))); err != nil {
			return fmt.Errorf("hours of %s: %w", p.Name, err)
		}
	}
	return nil
}
