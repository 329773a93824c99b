package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"carecert/modules/kernel"
)

// Nobody outside one's reach can even learn that one exists. Every route that
// takes the id of a person, wherever it stands in the request, is asked with
// the id of somebody of another place and with an id that never was, by every
// kind of user: the answers are the same to the byte. New routes are found by
// the description of the API; a route that none of the users gets through to
// is named, so that the test is not passed by being refused earlier.
func TestNobodyLearnsOfWhomTheyDoNotReach(t *testing.T) {
	for engine, uri := range engines() {
		t.Run(engine, func(t *testing.T) {
			w := newStrangers(t, newStage(t, configured(t, uri(t))))
			for _, slot := range w.slots() {
				reached := []int{}
				for _, role := range slices.Sorted(maps.Keys(w.users)) {
					status, foreign := w.try(role, slot, w.foreign)
					other, unknown := w.try(role, slot, w.never)
					if status != other || foreign != unknown {
						t.Errorf("%s tells %s that somebody exists:\n  %d %s\n  %d %s", slot, role, status, foreign, other, unknown)
					}
					if slices.Contains([]int{200, 201, 404}, status) {
						reached = append(reached, status)
					}
					if strings.Contains(slot.path, "/people/{id}") && slot.in == "path" && status < 300 {
						t.Errorf("%s answers %s with %d: %s", slot, role, status, foreign)
					}
				}
				if len(reached) == 0 {
					t.Errorf("%s: nobody gets as far as the person; teach the test its fields", slot)
				}
			}
		})
	}
}

// Nor of a place: a list that is asked for an organisation out of reach answers as
// for one that never was.
func TestNobodyLearnsOfPlacesTheyDoNotReach(t *testing.T) {
	for engine, uri := range engines() {
		t.Run(engine, func(t *testing.T) {
			w := newStrangers(t, newStage(t, configured(t, uri(t))))
			asked := 0
			for _, slot := range w.questions("organizationId") {
				for _, role := range slices.Sorted(maps.Keys(w.users)) {
					status, foreign := w.try(role, slot, w.place)
					other, unknown := w.try(role, slot, w.never)
					if status != other || foreign != unknown {
						t.Errorf("%s tells %s that a place exists:\n  %d %s\n  %d %s", slot, role, status, foreign, other, unknown)
					}
					if status == http.StatusNotFound {
						asked++
					}
				}
			}
			if asked < 50 {
				t.Errorf("only %d questions came as far as the place", asked)
			}
		})
	}
}

// slot is a place in a request that holds a person's id.
type slot struct {
	method, path, in, field string
	body                    map[string]any // schema
	params                  map[string]string
	query                   url.Values // what else the query must hold
}

func (s slot) String() string { return s.method + " " + s.path + " (" + s.in + " " + s.field + ")" }

// strangers are users of another place, and the person whom they do not reach.
type strangers struct {
	*stage
	users          map[string]string // role → token
	own            map[string]string // what the requests' other fields name
	foreign, never string
	place          string // where the person works
	schemas        map[string]any
	paths          map[string]any
}

func newStrangers(t *testing.T, s *stage) *strangers {
	t.Helper()
	w := &strangers{stage: s, users: map[string]string{}, own: map[string]string{}, never: kernel.NewID()}
	place := func(kind, name, division, street string) string {
		body := map[string]any{"kind": kind, "name": name, "divisionCode": division}
		if street != "" {
			body["subdistrictCode"] = street
		}
		return s.made(s.admin, http.MethodPost, "/organizations", body)
	}
	here := place("institution", "晚晴护理院", "310118", "")
	w.place = here
	w.foreign = s.made(s.admin, http.MethodPost, "/people", map[string]any{"name": "李红", "idType": "residentId", "idNumber": stageNumber(2), "phone": "13800138000", "kinds": []string{"caregiver"}, "organizationId": here})
	s.must(s.admin, http.MethodPost, "/people/"+w.foreign+"/employments", map[string]any{"organizationId": here, "role": "caregiver", "startedOn": "2024-03-01"})

	bureau := place("districtBureau", "外区民政局", "310112", "")
	street := place("subdistrict", "外街道", "310118", "310118001")
	home := place("institution", "外区养老院", "310118", "310118001")
	school := place("trainingSchool", "外区学校", "310118", "310118001")
	body := place("assessmentBody", "外区评价机构", "310118", "310118001")
	w.users["districtBureau"] = s.user("bureau", "districtBureau", bureau, "")
	w.users["subdistrict"] = s.user("street", "subdistrict", street, "")
	w.users["institution"] = s.user("home", "institution", home, "")
	w.users["school"] = s.user("school", "school", school, "")
	w.users["assessor"] = s.user("body", "assessor", body, "")
	colleague := s.made(s.admin, http.MethodPost, "/people", map[string]any{"name": "王芳", "idType": "residentId", "idNumber": stageNumber(3), "kinds": []string{"caregiver"}, "organizationId": home})
	s.must(s.admin, http.MethodPost, "/people/"+colleague+"/employments", map[string]any{"organizationId": home, "role": "caregiver", "startedOn": "2024-03-01"})
	w.users["caregiver"] = s.user("colleague", "caregiver", "", colleague)

	course := s.made(s.admin, http.MethodPost, "/courses", map[string]any{"title": "课程", "category": "inService", "classHours": 4, "mode": "classroom", "countsTowardInService": true})
	class := s.made(w.users["school"], http.MethodPost, "/classes", map[string]any{"courseId": course, "providerId": school, "organiserTier": "district", "startsOn": "2024-05-01", "endsOn": "2024-05-02", "capacity": 20})
	session := s.made(w.users["school"], http.MethodPost, "/classes/"+class+"/sessions", map[string]any{"startsAt": "2024-05-01T09:00:00+08:00", "endsAt": "2024-05-01T10:30:00+08:00", "minutes": 90, "venue": "一楼", "teacher": "周老师"})
	w.own = map[string]string{"people": colleague, "classes": class, "sessions": session, "organizationId": home, "version": "1"}

	raw, err := s.Web.Router.OpenAPI()
	if err != nil {
		t.Fatal(err)
	}
	var spec struct {
		Paths      map[string]any `json:"paths"`
		Components struct {
			Schemas map[string]any `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal(raw, &spec); err != nil {
		t.Fatal(err)
	}
	w.paths, w.schemas = spec.Paths, spec.Components.Schemas
	return w
}

var personField = regexp.MustCompile(`^(personIds?|otherId|otherIds)$`)

// slots finds every place that takes a person's id in the description of the
// API.
func (w *strangers) slots() []slot {
	var out []slot
	for _, path := range slices.Sorted(maps.Keys(w.paths)) {
		for _, method := range slices.Sorted(maps.Keys(object(w.paths[path]))) {
			op := object(object(w.paths[path])[method])
			s := slot{method: strings.ToUpper(method), path: path, params: map[string]string{}, query: url.Values{}}
			content := object(object(op["requestBody"])["content"])
			s.body = w.resolve(object(object(content["application/json"])["schema"]))
			if multi := object(content["multipart/form-data"]); len(multi) > 0 {
				continue // files: their rows are judged by number and name
			}
			params, _ := op["parameters"].([]any)
			for _, p := range params { // a word of a path may be one of a few
				if enum, ok := w.resolve(object(object(p)["schema"]))["enum"].([]any); ok && object(p)["in"] == "path" {
					s.params[fmt.Sprint(object(p)["name"])] = fmt.Sprint(enum[0])
				}
			}
			s.query = mustHave(params)
			for _, p := range params {
				name, in := fmt.Sprint(object(p)["name"]), fmt.Sprint(object(p)["in"])
				if (in == "path" && name == "id" && strings.HasPrefix(path, "/people/{id}")) || ((in == "path" || in == "query") && personField.MatchString(name)) {
					found := s
					found.in, found.field = in, name
					out = append(out, found)
				}
			}
			for _, schema := range []map[string]any{s.body, w.resolve(object(s.body["items"]))} {
				for field := range object(schema["properties"]) {
					if personField.MatchString(field) {
						found := s
						found.in, found.field = "body", field
						out = append(out, found)
					}
				}
			}
		}
	}
	return out
}

// questions are the lists and figures that can be asked for by this field.
func (w *strangers) questions(field string) (out []slot) {
	for _, path := range slices.Sorted(maps.Keys(w.paths)) {
		params, _ := object(object(w.paths[path])["get"])["parameters"].([]any)
		for _, p := range params {
			if object(p)["in"] == "query" && object(p)["name"] == field {
				out = append(out, slot{method: http.MethodGet, path: path, in: "query", field: field, params: map[string]string{}, query: mustHave(params)})
			}
		}
	}
	return out
}

// mustHave are the words of a query that have to be there: of an export its
// reason, of figures their day or year.
func mustHave(params []any) url.Values {
	out := url.Values{}
	for _, p := range params {
		if object(p)["in"] != "query" || object(p)["required"] != true {
			continue
		}
		word, schema := "核对名册", object(object(p)["schema"])
		switch {
		case schema["format"] == "date":
			word = "2024-05-01"
		case schema["type"] == "integer":
			word = "2024"
		}
		out.Set(fmt.Sprint(object(p)["name"]), word)
	}
	return out
}

func object(v any) map[string]any { m, _ := v.(map[string]any); return m }

func (w *strangers) resolve(schema map[string]any) map[string]any {
	if ref, ok := schema["$ref"].(string); ok {
		return object(w.schemas[ref[strings.LastIndex(ref, "/")+1:]])
	}
	return schema
}

// try sends the request with an id and gives the answer, with what differs
// between any two answers taken out.
func (w *strangers) try(role string, s slot, id string) (int, string) {
	path := s.path
	for _, p := range regexp.MustCompile(`\{(\w+)\}`).FindAllStringSubmatch(s.path, -1) {
		value := w.own[strings.Split(s.path, "/")[1]]
		switch {
		case s.in == "path" && p[1] == s.field:
			value = id
		case s.params[p[1]] != "":
			value = s.params[p[1]]
		case p[1] == "personId":
			value = w.own["people"]
		case p[1] == "year":
			value = "2024"
		case p[1] != "id":
			value = "some-other-id"
		}
		path = strings.ReplaceAll(path, p[0], value)
	}
	if s.in == "query" {
		query := maps.Clone(s.query)
		query.Set(s.field, id)
		path += "?" + query.Encode()
	}
	var body any
	if len(s.body) > 0 {
		body = w.sample(s.body, "", s, id)
	}
	status, raw, header := w.ask(w.users[role], s.method, path, body)
	for _, name := range []string{"Date", "X-Request-Id", "Content-Length"} {
		header.Del(name)
	}
	text := w.read(raw) + fmt.Sprint(header)
	text = regexp.MustCompile(`"requestId":"[^"]*"`).ReplaceAllString(text, "")
	text = regexp.MustCompile(`"asOf":"[^"]*"`).ReplaceAllString(text, "")
	return status, strings.ReplaceAll(text, id, "ID")
}

// read gives the words of an answer. A workbook says in its first row when it was
// made, to the second, and its bytes differ with it.
func (w *strangers) read(raw []byte) string {
	w.t.Helper()
	if !bytes.HasPrefix(raw, []byte("PK")) {
		return string(raw)
	}
	book, err := excelize.OpenReader(bytes.NewReader(raw))
	if err != nil {
		w.t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows(book.GetSheetName(0))
	if err != nil {
		w.t.Fatal(err)
	}
	return regexp.MustCompile(`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`).ReplaceAllString(fmt.Sprint(rows), "NOW")
}

// sample makes a value that fits a schema, with the id in the slot's field.
func (w *strangers) sample(schema map[string]any, field string, s slot, id string) any {
	schema = w.resolve(schema)
	if s.in == "body" && field == s.field && schema["type"] == "string" {
		return id
	}
	if enum, ok := schema["enum"].([]any); ok && len(enum) > 0 {
		if slices.Contains(enum, any("caregiver")) {
			return "caregiver"
		}
		return enum[0]
	}
	switch kind := fmt.Sprint(schema["type"]); {
	case kind == "object":
		out := map[string]any{}
		required, _ := schema["required"].([]any)
		for name, of := range object(schema["properties"]) {
			needed := slices.Contains(required, any(name)) || slices.Contains([]string{"signedOn", "wanted", "note", "score"}, name) || (s.in == "body" && name == s.field)
			if needed && name != "$schema" {
				out[name] = w.sample(object(of), name, s, id)
			}
		}
		return out
	case strings.Contains(kind, "array"):
		return []any{w.sample(object(schema["items"]), field, s, id)}
	case kind == "integer" || kind == "number":
		if least, ok := schema["minimum"]; ok {
			return least
		}
		return 1
	case kind == "boolean":
		return false
	case schema["format"] == "date":
		return "2024-03-01"
	case schema["format"] == "date-time":
		return "2024-05-01T09:00:00+08:00"
	case field == "idNumber":
		return stageNumber(4)
	case field == "username":
		return "sample"
	case field == "number":
		return "S000031000012245000001"
	case personField.MatchString(field):
		return w.own["people"]
	case w.own[field] != "":
		return w.own[field]
	default:
		return "样例文字abcdefgh"
	}
}
