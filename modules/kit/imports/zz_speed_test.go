package imports
import ("testing";"time";"fmt";"bytes";"carecert/modules/kit/sheet";"carecert/modules/kit/store";"carecert/modules/kit/store/storetest";"github.com/xuri/excelize/v2";"runtime";"os";"runtime/pprof")
func TestSpeed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		r := newRig(t, db)
		n := 20000
		if os.Getenv("N") != "" { fmt.Sscan(os.Getenv("N"), &n) }
		var out bytes.Buffer
		w, _ := sheet.NewWorkbook(&out, sheet.Style{Headers:1})
		_ = w.Row("序号","姓名","性别","身份证号","联系电话","学历","岗位","入职日期","备注")
		for i := range n { _ = w.Row(fmt.Sprint(i),"王小兰","女",fmt.Sprintf("3101181985%08d",i),"13800138000","高中","养老护理员","2024-03-01","") }
		_ = w.Close()
		raw := out.Bytes()
		at := time.Now()
		f, _ := excelize.OpenReader(bytes.NewReader(raw), excelize.Options{RawCellValue:true})
		rows, _ := f.Rows("Sheet1"); for rows.Next() { _, _ = rows.Columns() }; f.Close()
		read := time.Since(at)
		f = nil; rows=nil; runtime.GC()
		pf,_ := os.Create("/tmp/w/imp/cpu.prof"); pprof.StartCPUProfile(pf)
		at = time.Now()
		rep := r.run(t, raw, false)
		took := time.Since(at)
		pprof.StopCPUProfile()
		var m runtime.MemStats; runtime.ReadMemStats(&m)
		fmt.Println("import", took, "excelize", read, rep.Counts, "sys MB", m.Sys>>20, "file", len(raw)>>10, "KB")
		at = time.Now()
		c := store.Open[personDoc](db, store.Spec{Name:"test_bare"}); _ = db.Ensure(t.Context())
		for i := 0; i < n; i += 500 { var d []personDoc; for k := range 500 { d = append(d, personDoc{Doc: store.Doc{ID: fmt.Sprintf("3101181985%08d",i+k)}, Name:"王小兰", Import: rep.ID}) }
		 if err := c.Insert(t.Context(), d...); err != nil { t.Fatal(err) } }
		fmt.Println("bare insert", time.Since(at))
	})
}
