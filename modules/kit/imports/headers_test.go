package imports

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"carecert/modules/kit/store"
	"carecert/modules/kit/store/storetest"
)

// written makes a workbook; merges are pairs of cells.
func written(t *testing.T, rows [][]any, merges ...string) []byte {
	t.Helper()
	b := book{t: t, File: excelize.NewFile(), sheet: "Sheet1"}
	defer b.Close()
	for n, row := range rows {
		at, err := excelize.CoordinatesToCellName(1, n+1)
		b.must(err)
		b.row(at, row...)
	}
	for n := 0; n+1 < len(merges); n += 2 {
		b.must(b.MergeCell(b.sheet, merges[n], merges[n+1]))
	}
	var out bytes.Buffer
	b.must(b.Write(&out))
	return out.Bytes()
}

func TestHeadersOfTwoRows(t *testing.T) {
	const own, contact = "13800000001", "13900000009"
	for _, c := range []struct {
		name   string
		rows   [][]any
		merges []string
		phone  string // header of the column that is read
		values []string
		notes  int
	}{
		{
			"groups above, single columns merged downward",
			[][]any{
				{"花名册"},
				{"序号", "身份信息", nil, "联系人", nil, "本人", "备注"},
				{nil, "姓名", "身份证号", "姓名", "电话", "电话", nil},
				{1, "王小兰", "100001", "李红", contact, own, nil},
			},
			[]string{"A1", "G1", "A2", "A3", "G2", "G3", "B2", "C2", "D2", "E2"},
			"本人/电话",
			[]string{own},
			0,
		},
		{
			"nothing is merged",
			[][]any{
				{"序号", "身份信息", nil, "联系人", nil, "本人", "备注"},
				{nil, "姓名", "身份证号", "姓名", "电话", "电话", nil},
				{1, "王小兰", "100001", "李红", contact, own, nil},
			},
			nil, "本人/电话",
			[]string{own},
			0,
		},
		{
			"what is needed stands in the upper row",
			[][]any{
				{"姓名", "身份证号", "入职时间", "通讯", nil, "联系人", nil},
				{nil, nil, nil, "手机", "邮箱", "姓名", "电话"},
				{"王小兰", "100001", nil, own, nil, "李红", contact},
			},
			[]string{"D1", "E1", "F1", "G1"},
			"手机",
			[]string{own},
			1, // 邮箱 is no column of the table
		},
		{
			"only the contact has a telephone",
			[][]any{
				{"身份信息", nil, "联系人", nil},
				{"姓名", "身份证号", "关系", "电话"},
				{"王小兰", "100001", "女儿", contact},
			},
			[]string{"A1", "B1", "C1", "D1"},
			"",
			[]string{""},
			0,
		},
		{
			"two groups that nobody knows: the first, and the other is told of",
			[][]any{
				{"身份信息", nil, "住宅", "办公"},
				{"姓名", "身份证号", "电话", "电话"},
				{"王小兰", "100001", own, contact},
			},
			[]string{"A1", "B1"},
			"住宅/电话",
			[]string{own},
			1,
		},
		{
			"who filled it in stands above the header, and is no group",
			[][]any{
				{"填报单位", nil, "联系人", "钱敏", "13700000000"},
				{"姓名", "入职时间", "身份证号", "手机", "备注"},
				{"王小兰", nil, "100001", own, nil},
			},
			nil, "手机",
			[]string{own},
			0,
		},
		{
			"nor is a contact without a number",
			[][]any{
				{"晚晴养老院", nil, "联系人", nil, "钱敏"},
				{"姓名", "手机", "身份证号", "入职时间", "备注"},
				{"王小兰", own, "100001", nil, nil},
			},
			[]string{"A1", "B1", "C1", "D1"},
			"手机",
			[]string{own},
			0,
		},
		{
			"in one row",
			[][]any{
				{"姓名", "身份证号", "联系人/电话", "本人/电话"},
				{"王小兰", "100001", contact, own},
			},
			nil, "本人/电话",
			[]string{own},
			0,
		},
		{
			"both rows again on the next page",
			[][]any{
				{"序号", "身份信息", nil, "本人", nil},
				{nil, "姓名", "身份证号", "电话", "入职时间"},
				{1, "王小兰", "100001", own, nil},
				{"序号", "身份信息", nil, "本人", nil},
				{nil, "姓名", "身份证号", "电话", "入职时间"},
				{2, "李红", "100002", contact, nil},
			},
			[]string{"A1", "A2", "B1", "C1", "D1", "E1", "A4", "A5", "B4", "C4", "D4", "E4"},
			"电话",
			[]string{own, contact},
			0,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, db *store.DB) {
				r := newRig(t, db)
				report := r.run(t, written(t, c.rows, c.merges...), false)
				if report.Failure != nil || len(report.Errors) > 0 || report.Total != len(c.values) {
					t.Fatalf("%d rows, %+v, %v", report.Total, report.Failure, findings(report, report.Errors))
				}
				if report.Headers["phone"] != c.phone || report.Headers["name"] == "" || len(report.Notes) != c.notes {
					t.Errorf("headers %v, notes %v", report.Headers, report.Notes)
				}
				if names := r.register.names(t); names["100001"] != "王小兰" {
					t.Errorf("registered %v", names)
				}
				if diff := cmp.Diff(c.values, r.register.phones); diff != "" {
					t.Errorf("telephones:\n%s", diff)
				}
			})
		})
	}
}

// The workbook of refusals has one row of headers, which says the same.
func TestAWorkbookOfRefusalsKeepsTheGroupsApart(t *testing.T) {
	r := newRig(t, storetest.SQLite(t))
	report := r.run(t, written(t, [][]any{
		{"身份信息", nil, "联系人", nil, "本人"},
		{"姓名", "身份证号", "姓名", "电话", "电话"},
		{nil, "100001", "李红", "13900000009", "13800000001"},
	}, "A1", "B1", "C1", "D1"), false)
	var mended bytes.Buffer
	if err := r.ErrorWorkbook(r.ctx, report.ID, silent{}, &mended); err != nil {
		t.Fatal(err)
	}
	if again := r.run(t, mended.Bytes(), true); again.Headers["phone"] != "本人/电话" || again.Total != 1 || again.Counts.Rejected != 1 {
		t.Errorf("%v %+v", again.Headers, again.Counts)
	}
}

// A formula, an error or a flood of words in a column of which nothing is kept
// refuses no row, and makes none.
func TestWhatIsNotKeptRefusesNothing(t *testing.T) {
	b := book{t: t, File: excelize.NewFile(), sheet: "Sheet1"}
	defer b.Close()
	b.row("A1", "姓名", "身份证号", "年龄", "备注")
	b.row("A2", "王小兰", "100001")
	b.row("A3", "李红", "100002")
	b.row("A4", "张丽", "100003", nil, string(bytes.Repeat([]byte("x"), longestText+1)))
	for _, at := range []string{"C2", "D2", "D3", "D5", "D6"} {
		b.must(b.SetCellFormula("Sheet1", at, "1/0"))
	}
	var out bytes.Buffer
	b.must(b.Write(&out))
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		report := r.run(t, out.Bytes(), false)
		if report.Total != 3 || report.Counts.Created != 3 || len(report.Errors)+len(report.Warnings) > 0 {
			t.Errorf("%d rows, %+v %v", report.Total, report.Counts, findings(report, report.Errors))
		}
	})
}
