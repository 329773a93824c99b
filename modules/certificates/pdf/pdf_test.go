package pdf_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"testing"

	"gopkg.in/yaml.v3"

	"carecert/modules/certificates/layout"
	"carecert/modules/certificates/pdf"
	kit "carecert/modules/kit/pdf"
)

const qrText = "HTTPS://CERT.QINGPU.EXAMPLE.GOV.CN/V/7QK4M2XW9DHCT3VN#AGVACAICJIAQEAYEAUDAOCAJBIBQCBDH46HIWKXFQWYAK6AY5GTJTZVAXTUYPDHGROE6LH5Z5CXK3ZNNU3TKBIIGDEEEKCDYDPSY5C7HS2XOTIUE5GMLFZFYR3SL3E7EXWG6NCVE46IIMCQZAIOAYGQAA2TX6DIYPNL73RXKXJJ5BP5W3ZLSTFIOSCHTWZBJWQ7QXOGSTZD76AY5UEJD2VXWH3D4VG2YALTDUXA4BKS4QUG3M5SOXPRPHWDMZOHB3IUDZ5QK"

var house = sync.OnceValue(func() layout.House {
	var h layout.House
	raw, err := os.ReadFile("../../../policies/rules/certificate_templates.yaml")
	if err == nil {
		err = yaml.Unmarshal(raw, &h)
	}
	if err != nil {
		panic(err)
	}
	return h
})

// sheet is the house's certificate of a completed training.
func sheet(name string) pdf.Sheet {
	family, _ := house().Family("trainingCompletion")
	values := map[string]string{
		"name": name, "idNumber": "310118********0005", "course": "压疮预防与体位护理", "classHours": "12.00", "outcome": "考核合格，",
		"number": "310118-0001-2026-00012", "issuer": "上海市青浦区香樟养老护理职业培训学校", "issuedOn": "2026年11月21日", "validTo": "2029年11月20日",
		"code": "7QK4 M2XW 9DHC T3VN",
	}
	return pdf.Sheet{
		Content: family.Versions[0], Values: layout.Values{layout.Chinese: values}, QRText: qrText, Title: "培训合格证书",
		Number: values["number"], Author: values["issuer"],
	}
}

func TestNamesOfEveryKindArePrinted(t *testing.T) {
	r := pdf.New()
	for _, name := range []string{
		"王秀兰", "欧阳䶮𬍛", "阿卜杜拉·热合曼", "㛃喆", "𠮷野", "陳淑貞", "𬭎𬱖𬘘𨱏𣲘𩽾", "Zoë Müller",
		strings.Repeat("长", 40),
	} {
		var out bytes.Buffer
		if err := r.Render(&out, sheet(name)); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !bytes.HasPrefix(out.Bytes(), []byte("%PDF-")) || out.Len() > 200_000 {
			t.Errorf("%s: %d bytes of something else", name, out.Len())
		}
	}
}

func TestAHoleInANameIsRefused(t *testing.T) {
	var missing kit.MissingGlyphError
	err := pdf.New().Render(io.Discard, sheet("王ئا")) // Uyghur letters
	if !errors.As(err, &missing) || missing.Character != 'ئ' {
		t.Errorf("printed with a hole: %v", err)
	}
}

func TestManyPrintAtOnce(t *testing.T) {
	r := pdf.New()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			if err := r.Render(io.Discard, sheet(fmt.Sprint("王", i, "䶮"))); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}
