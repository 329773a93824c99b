package audit

import (
	"bufio"
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"carecert/modules/kernel/fault"
	"carecert/modules/kit/sheet"
	"carecert/modules/kit/web"
)

func routesExport(r *web.Router, h *handlers) {
	web.Raw(r, http.MethodGet, "/audit/export.csv", web.May("audit", "export"), h.export("text/csv; charset=utf-8", "audit.csv", commas),
		web.Summary("The operation log as CSV"), filterParameters)
	web.Raw(r, http.MethodGet, "/audit/export.xlsx", web.May("audit", "export"), h.export(workbookType, "audit.xlsx", workbook),
		web.Summary("The operation log as a workbook"), filterParameters)
}

const workbookType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// filterParameters describes the query of an export as that of the list.
func filterParameters(op *huma.Operation) {
	t := reflect.TypeFor[FilterInput]()
	for i := range t.NumField() {
		tag := t.Field(i).Tag
		op.Parameters = append(op.Parameters, &huma.Param{
			Name: tag.Get("query"), In: "query", Description: tag.Get("doc"),
			Schema: &huma.Schema{Type: huma.TypeString, MaxLength: ptr(maxParameter)},
		})
	}
}

const maxParameter = 128

func ptr[T any](v T) *T { return &v }

// opener begins a file of a format.
type opener func(out *bufio.Writer, say Words) (sheet.Writer, error)

func commas(out *bufio.Writer, _ Words) (sheet.Writer, error) { return sheet.NewCSV(out) }

func workbook(out *bufio.Writer, say Words) (sheet.Writer, error) {
	return sheet.NewWorkbook(out, sheet.Style{
		Sheet: say("audit.sheet"), Headers: 1, Widths: []float64{8, 20, 16, 38, 16, 12, 14, 38, 38, 30, 40, 38},
	})
}

// export streams the file: it takes the memory of a page, whatever its length.
func (h *handlers) export(contentType, name string, open opener) fiber.Handler {
	return func(c *fiber.Ctx) error {
		in := FilterInput{
			Actor: c.Query("actor"), Noun: c.Query("noun"), Verb: c.Query("verb"), ID: c.Query("id"),
			From: c.Query("from"), To: c.Query("to"), OrganizationID: c.Query("organizationId"),
		}
		for _, name := range []string{"actor", "noun", "verb", "id", "from", "to", "organizationId"} {
			if len(c.Query(name)) > maxParameter {
				return fault.ErrInvalid.At("query."+name, "input.max_length", "")
			}
		}
		f, err := in.filter()
		if err != nil {
			return err
		}
		ctx := context.WithoutCancel(c.UserContext()) // the stream outlives the handler
		say := func(code string) string { return web.Text(ctx, code) }
		write, err := h.s.Export(ctx, f, say)
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, contentType)
		c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
		c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
			out, err := open(w, say)
			if err == nil {
				err = write(out)
			}
			if err == nil {
				err = out.Close()
			}
			if err != nil { // the head of the answer is gone; the reader finds the file cut
				h.s.log.ErrorContext(ctx, "export of the log broke off", "error", err)
			}
		})
		return nil
	}
}
