package demo

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
)

// teaching adds what stands behind the courses: a syllabus with a hand-out, and
// the school's teachers; of one the qualification has lapsed.
func (l *loader) teaching(ctx context.Context) error {
	units := []map[string]any{
		{"title": "压疮的成因与分期", "minutes": 90},
		{"title": "风险评估量表", "minutes": 90},
		{"title": "减压用具与敷料", "minutes": 90},
		{"title": "翻身与体位摆放", "minutes": 135, "mode": "onTheJob"},
		{"title": "个案讨论与考核", "minutes": 135},
	}
	course := "/courses/" + l.courses["pressure"]
	if err := l.send(ctx, call{method: http.MethodPatch, path: course, body: map[string]any{"syllabus": units}, want: http.StatusOK}, nil); err != nil {
		return err
	}
	if err := l.form(ctx, course+"/materials", "压疮风险评估表.pdf", onePage("Braden Scale"), nil, http.StatusCreated, nil); err != nil {
		return err
	}
	for _, t := range []struct{ name, subject, title, number, until string }{
		{"周慧", "体位护理、认知障碍照护", "养老护理员一级/高级技师", "S000031000012231000101", ""},
		{"沈洁", "进食与用药", "主管护师", "2019310118004", ""},
		{"许文", "线上课程", "高级考评员", "KP2023-0147", string(l.today.AddDays(-40))},
	} {
		q := map[string]any{"title": t.title, "number": t.number}
		if t.until != "" {
			q["to"] = t.until
		}
		body := map[string]any{"providerId": l.orgs["school"], "name": t.name, "subject": t.subject, "qualifications": []any{q}}
		if err := l.post(ctx, "/teachers", body, nil); err != nil {
			return err
		}
	}
	return nil
}

// onePage is the least PDF that says something.
func onePage(text string) []byte {
	var out bytes.Buffer
	var at []int
	object := func(body string) {
		at = append(at, out.Len())
		fmt.Fprintf(&out, "%d 0 obj\n%s\nendobj\n", len(at), body)
	}
	out.WriteString("%PDF-1.4\n")
	object("<</Type/Catalog/Pages 2 0 R>>")
	object("<</Type/Pages/Kids[3 0 R]/Count 1>>")
	object("<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>")
	words := "BT /F 24 Tf 72 760 Td (" + text + ") Tj ET"
	object(fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", len(words), words))
	object("<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
	start := out.Len()
	fmt.Fprintf(&out, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, offset := range at {
		fmt.Fprintf(&out, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&out, "trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", len(at)+1, start)
	return out.Bytes()
}
