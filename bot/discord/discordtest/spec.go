package discordtest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// description is Discord's OpenAPI description, read once in a process; nil where its
// folder does not stand beside the checkout.
var description = sync.OnceValue(func() object {
	path := beside("shared/specs/discord/openapi.json")
	if path == "" {
		return nil
	}
	text, err := os.ReadFile(path)
	var doc object
	if err == nil {
		err = json.Unmarshal(text, &doc)
	}
	if err != nil {
		panic("discordtest: " + path + ": " + err.Error()) // it is there and cannot be read
	}
	return doc
})

// Described tells whether bodies are held against Discord's OpenAPI description.
func Described() bool { return description() != nil }

// beside finds a file next to the folder that holds go.mod.
func beside(name string) string {
	dir, err := os.Getwd()
	for err == nil && dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			path := filepath.Join(filepath.Dir(dir), name)
			if _, err := os.Stat(path); err == nil {
				return path
			}
			return ""
		}
		dir = filepath.Dir(dir)
	}
	return ""
}

// holdAgainst says where the body of a request does not fit the description.
func holdAgainst(r *request) faults {
	doc := description()
	if doc == nil || r.tree == nil {
		return nil
	}
	method, path, _ := strings.Cut(r.route, " ")
	s := below(doc, "paths", path, strings.ToLower(method), "requestBody", "content", "application/json", "schema")
	if s == nil {
		return nil
	}
	if wrong := (schemas{doc}).misfit(s, withNumbers(r.tree), ""); wrong != "" {
		return faults{"the description says: " + wrong}
	}
	return nil
}

// below walks down a tree; nil where the way ends.
func below(tree any, way ...string) any {
	for _, step := range way {
		o, _ := tree.(object)
		tree = o[step]
	}
	return tree
}

// withNumbers is a body with permissions as numbers, as the description has them,
// where the API takes strings, as the documentation has them.
func withNumbers(tree any) any {
	list, ok := tree.([]any)
	if !ok {
		return tree
	}
	copied := make([]any, len(list))
	for i, one := range list {
		copied[i] = one
		if o, ok := one.(object); ok {
			copied[i] = withNumber(o, "default_member_permissions")
		}
	}
	return copied
}

func withNumber(o object, key string) object {
	text, isText := o[key].(string)
	var number float64
	if !isText || json.Unmarshal([]byte(text), &number) != nil {
		return o
	}
	copied := object{}
	for k, v := range o {
		copied[k] = v
	}
	copied[key] = number
	return copied
}
