package meeting

import (
	_ "embed"
	"maps"
	"slices"
	"strings"
	"sync"
)

//go:embed types.txt
var typesText string

// typeLabels are what the type codes mean, by programme and code.
var typeLabels = sync.OnceValue(func() map[string]map[string]string {
	out := map[string]map[string]string{}
	for line := range strings.Lines(typesText) {
		parts := strings.Split(strings.TrimSpace(line), "\t")
		if len(parts) != 3 {
			continue // What stands above the table.
		}
		if out[parts[0]] == nil {
			out[parts[0]] = map[string]string{}
		}
		out[parts[0]][parts[1]] = parts[2]
	}
	return out
})

// TypeLabel is what a type code of a programme's own list means, as the list has it;
// "" when the list does not have the code. One code is different things in different
// fellowships.
func TypeLabel(programme, code string) string { return typeLabels()[programme][code] }

// typesByLabel are the codes by programme and folded label; of two codes with one label
// the first in order.
var typesByLabel = sync.OnceValue(func() map[string]map[string]string {
	out := map[string]map[string]string{}
	for programme, list := range typeLabels() {
		out[programme] = map[string]string{}
		for _, code := range slices.Backward(slices.Sorted(maps.Keys(list))) {
			out[programme][fold(list[code])] = code
		}
	}
	return out
})

// ReadType is the code of the programme's list that the text is, or whose label it is;
// false when the list has none.
func ReadType(programme, text string) (string, bool) {
	text = strings.TrimSpace(text)
	list := typeLabels()[programme]
	for _, code := range []string{text, strings.ToUpper(text)} {
		if list[code] != "" {
			return code, true
		}
	}
	code, found := typesByLabel()[programme][fold(text)]
	return code, found
}

// typesWords are the labels of the types, for people.
func (f Facts) typesWords() string {
	var out []string
	for _, code := range f.Types {
		out = append(out, TypeLabel(f.Programme, code))
	}
	return strings.Join(out, ", ")
}

// ListsTypes reports whether the programme has a list of type codes of its own.
func ListsTypes(programme string) bool { return len(typeLabels()[programme]) > 0 }
