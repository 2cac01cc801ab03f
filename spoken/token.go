package spoken

import (
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// token is a run of letters, a run of digits, or one sign.
type token struct {
	text     string // text is folded: lower case, no accents, one kind of dash and of apostrophe.
	from, to int    // from and to bound it in the runes of the text.
	digits   bool   //
	glued    bool   // glued: nothing stands between it and the token before.
}

// signs are written in many ways and mean few things. A comma is a pause.
var signs = map[rune]rune{
	'–': '-', '—': '-', '−': '-', '‐': '-', '‑': '-', '’': '\'', '´': '\'', '：': ':',
	'\n': ',', '\r': ',', ';': ',', '(': ',', ')': ',', '|': ',', '•': ',', '·': ',',
	'º': 'o', '°': 'o', 'ª': 'a',
}

// fold maps each rune to the one that the grammar knows: "É" is "e", "–" is "-".
func fold(r rune) rune {
	if sign, ok := signs[r]; ok {
		return sign
	}
	if r < unicode.MaxASCII {
		return unicode.ToLower(r)
	}
	base := []rune(norm.NFD.String(string(r)))[0]
	return unicode.ToLower(base)
}

// tokenize splits the runes of a composed text.
func tokenize(text []rune) []token {
	folded := make([]rune, len(text))
	for i, r := range text {
		folded[i] = fold(r)
	}
	var toks []token
	for i := 0; i < len(folded); {
		if unicode.Is(unicode.Zs, folded[i]) || folded[i] == '\t' {
			i++
			continue
		}
		end := i + runLength(folded[i:])
		toks = append(toks, token{
			text: string(folded[i:end]), from: i, to: end,
			digits: isDigit(folded[i]),
			glued:  len(toks) > 0 && toks[len(toks)-1].to == i,
		})
		i = end
	}
	return toks
}

// runLength is how many runes at the beginning belong together.
func runLength(runes []rune) int {
	kind := isDigit
	switch {
	case unicode.IsLetter(runes[0]):
		kind = unicode.IsLetter
	case !isDigit(runes[0]):
		return 1
	}
	n := 1
	for n < len(runes) && kind(runes[n]) {
		n++
	}
	return n
}

// isDigit takes ASCII digits alone: others are refused rather than misread.
func isDigit(r rune) bool { return '0' <= r && r <= '9' }
