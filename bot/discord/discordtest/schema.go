package discordtest

import (
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// schemas hold values against the schemas of a description. It knows the keywords of
// JSON Schema 2020-12 that Discord's uses, and lets pass what it does not know.
type schemas struct{ doc object }

// misfit says why a value does not fit a schema, or "". The reason holds the place
// and no value, since values may be what people wrote.
func (d schemas) misfit(schema, v any, at string) string {
	s, _ := schema.(object)
	if name, ok := s["$ref"].(string); ok {
		return d.misfit(below(d.doc, strings.Split(strings.TrimPrefix(name, "#/"), "/")...), v, at)
	}
	if kinds := list(s["type"]); len(kinds) > 0 && !slices.ContainsFunc(kinds, func(k any) bool { return isA(k, v) }) {
		return fmt.Sprintf("%s is no %v", at, kinds)
	}
	only, fixed := s["const"]
	if values, ok := s["enum"].([]any); ok && !slices.Contains(values, v) || fixed && only != v {
		return at + " is none of the values there are"
	}
	if wrong := d.combined(s, v, at); wrong != "" {
		return wrong
	}
	switch v := v.(type) {
	case string:
		return fitsText(s, v, at)
	case float64:
		return fitsBounds(s, "minimum", "maximum", v, at)
	case []any:
		return d.fitsList(s, v, at)
	case object:
		return d.fitsObject(s, v, at)
	}
	return ""
}

// combined looks at what a schema is made of. Of several that could be meant, the
// reason is that of the one with the same type, by which Discord tells them apart.
func (d schemas) combined(s object, v any, at string) string {
	for _, part := range list(s["allOf"]) {
		if wrong := d.misfit(part, v, at); wrong != "" {
			return wrong
		}
	}
	for _, key := range []string{"oneOf", "anyOf"} {
		parts := list(s[key])
		if len(parts) == 0 {
			continue
		}
		fits, nearest := 0, at+" fits nothing of what may stand there"
		for _, part := range parts {
			wrong := d.misfit(part, v, at)
			if wrong == "" {
				fits++
			} else if d.meant(part, v) {
				nearest = wrong
			}
		}
		if fits == 0 {
			return nearest
		}
		if key == "oneOf" && fits > 1 {
			return at + " could be two things"
		}
	}
	return ""
}

// meant tells whether the schema's type property takes the type that the value has.
func (d schemas) meant(schema, v any) bool {
	s, _ := schema.(object)
	if name, ok := s["$ref"].(string); ok {
		return d.meant(below(d.doc, strings.Split(strings.TrimPrefix(name, "#/"), "/")...), v)
	}
	o, _ := v.(object)
	only, _ := below(s, "properties", "type", "enum").([]any)
	return slices.Contains(only, o["type"])
}

func (d schemas) fitsList(s object, v []any, at string) string {
	if wrong := fitsBounds(s, "minItems", "maxItems", float64(len(v)), at); wrong != "" {
		return wrong
	}
	for i, item := range v {
		if s["uniqueItems"] == true && slices.ContainsFunc(v[:i], func(o any) bool { return reflect.DeepEqual(o, item) }) {
			return at + " holds the same twice"
		}
		if wrong := d.misfit(s["items"], item, fmt.Sprintf("%s/%d", at, i)); wrong != "" {
			return wrong
		}
	}
	return ""
}

func (d schemas) fitsObject(s, v object, at string) string {
	if wrong := fitsBounds(s, "minProperties", "maxProperties", float64(len(v)), at); wrong != "" {
		return wrong
	}
	for _, name := range list(s["required"]) {
		if _, there := v[name.(string)]; !there {
			return fmt.Sprintf("%s/%s is missing", at, name)
		}
	}
	known, _ := s["properties"].(object)
	for name, value := range v {
		schema, there := known[name]
		if !there {
			schema = s["additionalProperties"]
		}
		if schema == false {
			return fmt.Sprintf("%s/%s is unknown", at, name)
		}
		if wrong := d.misfit(schema, value, at+"/"+name); wrong != "" {
			return wrong
		}
	}
	return ""
}

func fitsText(s object, v, at string) string {
	if wrong := fitsBounds(s, "minLength", "maxLength", float64(utf8.RuneCountInString(v)), at); wrong != "" {
		return wrong
	}
	if pattern, ok := s["pattern"].(string); ok {
		if fits, err := regexp.MatchString(pattern, v); err != nil || !fits {
			return at + " does not look as it must"
		}
	}
	return ""
}

// fitsBounds looks at a number, or at how much there is of something.
func fitsBounds(s object, least, most string, n float64, at string) string {
	if bound, ok := s[least].(float64); ok && n < bound {
		return fmt.Sprintf("%s: %s is %v, and it has %v", at, least, bound, n)
	}
	if bound, ok := s[most].(float64); ok && n > bound {
		return fmt.Sprintf("%s: %s is %v, and it has %v", at, most, bound, n)
	}
	return ""
}

// isA tells whether a decoded value is of a type of JSON Schema.
func isA(kind, v any) bool {
	switch v := v.(type) {
	case nil:
		return kind == "null"
	case bool:
		return kind == "boolean"
	case string:
		return kind == "string"
	case float64:
		return kind == "number" || kind == "integer" && v == math.Trunc(v)
	case []any:
		return kind == "array"
	}
	return kind == "object"
}

// list is what stands in a list, or the one thing that stands there without one.
func list(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}
