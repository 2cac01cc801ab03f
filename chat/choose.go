package chat

import (
	"slices"
	"strings"
)

// Pick finds the choice whose value or label was typed, whatever its case. A label
// that is still a Phrase is no word yet: whoever knows the language puts it into
// words first.
func Pick(choices []Choice, typed string) (Choice, bool) {
	typed = Line(typed)
	for _, c := range choices {
		if strings.EqualFold(c.Value, typed) || strings.EqualFold(c.Label.String(), typed) {
			return c, true
		}
	}
	return Choice{}, false
}

// matching are the choices that contain what was typed, those that begin with it first.
func matching(choices []Choice, typed string) []Choice {
	typed = strings.ToLower(typed)
	var begin, contain []Choice
	for _, c := range choices {
		at := strings.Index(strings.ToLower(c.Label.String()), typed)
		if in := strings.Index(strings.ToLower(c.Value), typed); at < 0 || in >= 0 && in < at {
			at = in
		}
		switch {
		case at == 0:
			begin = append(begin, c)
		case at > 0:
			contain = append(contain, c)
		}
	}
	all := append(begin, contain...)
	return all[:min(len(all), maxSuggestions)]
}

// maxNearest is how many guesses a refusal offers: few enough to read.
const maxNearest = 5

// nearestChoices orders the choices by how little they differ from what was typed.
func nearestChoices(choices []Choice, typed string) []Choice {
	typed, _ = Cut(Line(typed), 50)
	sorted := slices.Clone(choices)
	slices.SortStableFunc(sorted, func(a, b Choice) int {
		return choiceDistance(a, typed) - choiceDistance(b, typed)
	})
	return sorted[:min(len(sorted), maxNearest)]
}

func choiceDistance(c Choice, typed string) int {
	return min(Distance(typed, c.Value), Distance(typed, c.Label.String()))
}

// Distance is how many characters have to be added, dropped, changed or swapped
// with their neighbour to make b of a, whatever the case: the optimal string
// alignment distance. Its cost is the product of the lengths.
func Distance(a, b string) int {
	s, t := []rune(strings.ToLower(a)), []rune(strings.ToLower(b))
	older, old, row := make([]int, len(t)+1), make([]int, len(t)+1), make([]int, len(t)+1)
	for j := range row {
		row[j] = j
	}
	for i := range s {
		older, old, row = old, row, older
		row[0] = i + 1
		for j := range t {
			change := 1
			if s[i] == t[j] {
				change = 0
			}
			row[j+1] = min(old[j+1]+1, row[j]+1, old[j]+change)
			if i > 0 && j > 0 && s[i] == t[j-1] && s[i-1] == t[j] {
				row[j+1] = min(row[j+1], older[j-1]+1)
			}
		}
	}
	return row[len(t)]
}
