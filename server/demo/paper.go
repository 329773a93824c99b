package demo

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	drawing "image/draw"
	"image/png"
	"math"
	"net/http"
)

// onPaper enters a meeting from its signed sheet: nobody there had a phone. The
// sheet is evidence of every word.
func (l *loader) onPaper(ctx context.Context, session string, learners []string, m meeting) error {
	var page bytes.Buffer
	if err := png.Encode(&page, signedSheet(len(learners))); err != nil {
		return fmt.Errorf("demo: draw a sheet: %w", err)
	}
	var sheet struct{ ID string }
	path, name := "/sessions/"+session+"/attendance-sheets", "签到表 "+string(m.on)+".png"
	if err := l.form(ctx, path, name, page.Bytes(), nil, http.StatusCreated, &sheet); err != nil {
		return err
	}
	return l.act(ctx, "/sessions/"+session+"/attendance", map[string]any{
		"personIds": learners, "checkedInAt": instant(m.on, m.from), "checkedOutAt": instant(m.on, m.to), "reason": "教室没有信号，签到表补录", "sheetId": sheet.ID,
	}, nil)
}

// signedSheet draws a page with a table, and a scribble for each who signed.
func signedSheet(signed int) image.Image {
	const width, height, top, line, margin = 620, 877, 120, 40, 50
	page := image.NewRGBA(image.Rect(0, 0, width, height))
	drawing.Draw(page, page.Bounds(), image.NewUniform(color.RGBA{250, 248, 242, 255}), image.Point{}, drawing.Src)
	ink, pen := color.RGBA{60, 60, 60, 255}, color.RGBA{30, 50, 120, 255}
	fill := func(r image.Rectangle) { drawing.Draw(page, r, image.NewUniform(ink), image.Point{}, drawing.Src) }
	fill(image.Rect(width/2-110, 50, width/2+110, 62)) // where the title stands
	for y := top; y <= height-margin; y += line {
		fill(image.Rect(margin, y, width-margin, y+1))
	}
	for _, x := range []int{margin, 130, 320, 450, width - margin - 1} {
		fill(image.Rect(x, top, x+1, top+(height-margin-top)/line*line))
	}
	for n := range min(signed, (height-margin-top)/line-1) {
		for x := range 320 {
			at := float64(x) / 9
			y := top + line*(n+1) + line/2 + int(9*math.Sin(at+float64(n))*math.Cos(at/3+float64(2*n)))
			column := x%160 + 150 + 190*(x/160)
			page.SetRGBA(column, y, pen)
			page.SetRGBA(column, y+1, pen)
		}
	}
	return page
}
