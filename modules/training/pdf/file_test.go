package pdf_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"carecert/modules/training/pdf"
)

// The head of a table stands again on every page, and every page says how many
// there are.
func TestAFileOfManyPages(t *testing.T) {
	f := pdf.File{
		Title: "在岗培训档案", Subtitle: "王秀兰　2025 年", Facts: [][2]string{{"姓名", "王秀兰"}, {"证件号码", "310118********0005"}, {"年度", "2025 年"}, {"课次数", "120"}},
		QRText: "https://example.cn/r/7QK4M2XW9DHCT3VN", Hints: []string{"扫码查看记录，2026-01-01前有效"},
		Foot: "由周晓岚于2025-12-01 09:00导出　年度检查", Signatures: []string{"经办人", "复核人", "单位（盖章）"},
	}
	pages := map[string]bool{}
	f.Page = func(n, of int) string {
		said := fmt.Sprintf("第%d页　共%d页", n, of)
		pages[said] = true
		return said
	}
	table := pdf.Table{Title: "培训记录", Columns: []pdf.Column{{Title: "日期", Share: 10}, {Title: "培训主题", Share: 30}, {Title: "签到情况", Share: 20}, {Title: "分钟", Share: 6, Right: true}}}
	for i := range 120 {
		table.Rows = append(table.Rows, []string{"2025-06-02 09:00–12:00", strings.Repeat("压疮预防与失智照护", 1+i%4), "09:00–12:00 教师登记（周老师：签到设备故障）", "180"})
	}
	table.Sums = []string{"2025年 集中学习：120课次，出勤21600分钟"}
	f.Tables = []pdf.Table{table}
	var out bytes.Buffer
	if err := pdf.New().Print(&out, f); err != nil || !bytes.HasPrefix(out.Bytes(), []byte("%PDF-")) {
		t.Fatal(err)
	}
	last := 0
	for n := 1; ; n++ {
		if !pages[fmt.Sprintf("第%d页　共%d页", n, n)] {
			break
		}
		last = n
	}
	if last < 4 || !pages[fmt.Sprintf("第1页　共%d页", last)] {
		t.Errorf("%d pages, %v", last, pages)
	}
}
