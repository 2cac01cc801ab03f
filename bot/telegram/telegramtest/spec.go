package telegramtest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// spec is the machine-readable description of the Bot API:
// https://github.com/PaulSonOfLars/telegram-bot-api-spec. A nil spec allows everything.
type spec struct {
	Methods map[string]object `json:"methods"`
	Types   map[string]object `json:"types"`
}

// object is a method with its parameters, or a type with its fields; Subtypes are what
// an abstract type can be.
type object struct {
	Fields   []field  `json:"fields"`
	Subtypes []string `json:"subtypes"`
	Returns  []string `json:"returns"`
}

type field struct {
	Name     string   `json:"name"`
	Types    []string `json:"types"`
	Required bool     `json:"required"`
}

// described reads the description once; it is nil where there is none.
var described = sync.OnceValue(func() *spec {
	root, err := root()
	if err != nil {
		return nil
	}
	text, err := os.ReadFile(filepath.Join(root, "..", "shared", "specs", "telegram", "api.json"))
	if err != nil {
		return nil
	}
	var s spec
	if err := json.Unmarshal(text, &s); err != nil {
		panic("telegramtest: the description of the Bot API cannot be read: " + err.Error())
	}
	return &s
})

// root is the folder of the module that is tested.
func root() (string, error) {
	dir, err := os.Getwd()
	for err == nil {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			break
		}
		dir = up
	}
	return "", os.ErrNotExist
}

// check lists what is wrong with a request, without its content.
func (s *spec) check(method string, p params) []string {
	if s == nil {
		return nil
	}
	m, known := s.Methods[method]
	if !known {
		return []string{"is no method"}
	}
	given := maps.Clone(p.values)
	for name := range p.files {
		if _, named := given[name]; !named && m.has(name) {
			given[name] = json.RawMessage(`"attach://file"`)
		}
	}
	return s.fields(m, given)
}

func (o object) has(name string) bool {
	return slices.ContainsFunc(o.Fields, func(f field) bool { return f.Name == name })
}

// fields holds values against the fields that there are.
func (s *spec) fields(o object, given map[string]json.RawMessage) (wrong []string) {
	for _, f := range o.Fields {
		v, ok := given[f.Name]
		if !ok {
			if f.Required {
				wrong = append(wrong, f.Name+" is missing")
			}
			continue
		}
		for _, w := range s.value(v, f.Types) {
			wrong = append(wrong, f.Name+" "+w)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(given)) {
		if !o.has(name) {
			wrong = append(wrong, fmt.Sprintf("has no field %q", name))
		}
	}
	return wrong
}

// value holds a value against the types it may have, and tells what is wrong with it
// as the one that it comes closest to.
func (s *spec) value(v json.RawMessage, types []string) (wrong []string) {
	for i, t := range types {
		w := s.is(v, t)
		if len(w) == 0 {
			return nil
		}
		if i == 0 || len(w) < len(wrong) {
			wrong = w
		}
	}
	return wrong
}

// is holds a value against one type.
func (s *spec) is(v json.RawMessage, t string) []string {
	if of, ok := strings.CutPrefix(t, "Array of "); ok {
		return s.list(v, of)
	}
	v = bytes.TrimSpace(v)
	var fits bool
	switch t {
	case "Integer":
		fits = whole(v)
	case "Float":
		fits = json.Unmarshal(v, new(float64)) == nil
	case "Boolean", "True":
		fits = string(v) == "true" || string(v) == "false" && t == "Boolean"
	case "String", "InputFile":
		fits = len(v) > 0 && v[0] == '"'
	default:
		return s.object(v, t)
	}
	if !fits || string(v) == "null" {
		return []string{"is no " + t}
	}
	return nil
}

func whole(v json.RawMessage) bool {
	return json.Unmarshal(v, new(int64)) == nil && !bytes.ContainsAny(v, ".eE")
}

func (s *spec) list(v json.RawMessage, of string) (wrong []string) {
	var items []json.RawMessage
	if json.Unmarshal(v, &items) != nil || items == nil {
		return []string{"is no Array of " + of}
	}
	for _, item := range items {
		for _, w := range s.value(item, []string{of}) {
			wrong = append(wrong, "holds what "+w)
		}
	}
	return wrong
}

func (s *spec) object(v json.RawMessage, t string) []string {
	o, known := s.Types[t]
	if !known {
		return []string{"should be a " + t + ", which is not described"}
	}
	if len(o.Subtypes) > 0 {
		return s.value(v, o.Subtypes)
	}
	var given map[string]json.RawMessage
	if json.Unmarshal(v, &given) != nil || given == nil {
		return []string{"is no " + t}
	}
	wrong := s.fields(o, given)
	for i, w := range wrong {
		wrong[i] = "as " + t + ": " + w
	}
	return wrong
}
