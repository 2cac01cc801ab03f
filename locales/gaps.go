package locales

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// piece is a part of a sentence: words, or the gap with that name.
type piece struct {
	words string
	gap   string
}

// cut splits a sentence at its gaps. {{.name}} is the only thing that may stand in
// double braces.
func cut(text string) ([]piece, error) {
	var pieces []piece
	for text != "" {
		words, rest, found := strings.Cut(text, "{{")
		if err := printable(words); err != nil {
			return nil, err
		}
		if words != "" {
			pieces = append(pieces, piece{words: words})
		}
		if !found {
			break
		}
		gap, after, closed := strings.Cut(rest, "}}")
		if !closed || !gapName(gap) {
			return nil, errors.New("a gap is written {{.name}}, with a name of a-z, 0-9 and _")
		}
		pieces = append(pieces, piece{gap: gap[1:]})
		text = after
	}
	return pieces, nil
}

func gapName(s string) bool {
	return len(s) > 1 && s[0] == '.' && s[1] >= 'a' && s[1] <= 'z' &&
		strings.Trim(s[1:], "abcdefghijklmnopqrstuvwxyz0123456789_") == ""
}

// printable refuses what nobody sees and what a half gap leaves behind.
func printable(words string) error {
	if strings.Contains(words, "}}") {
		return errors.New("}} without a gap before it")
	}
	for _, r := range words {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return fmt.Errorf("there is a character that nobody sees: %U", r)
		}
	}
	return nil
}
