package locales

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"
)

// The bounds of what is easy to read. A text below long words is not graded: the
// formulas say little about a few words.
const (
	grade    = 8.0 // Flesch and Kincaid (1975): the US school grade that can read it.
	ease     = 55  // Szigriszt and Pazos (1993): 55 and more is "normal" or easier on the INFLESZ scale.
	sentence = 25  // words in one sentence, in any language.
	long     = 12  // words in a text that is graded.
)

func TestReadable(t *testing.T) {
	lint(t, func(e entry, text string) error { return readable(e.lang, text) })
}

func readable(lang, text string) error {
	words, longest, sentences := measure(text)
	if longest > sentence {
		return fmt.Errorf("has a sentence of %d words; at most %d", longest, sentence)
	}
	if len(words) < long {
		return nil
	}
	perSentence := float64(len(words)) / float64(sentences)
	switch lang {
	case "en":
		if g := 0.39*perSentence + 11.8*syllables(words, english) - 15.59; g > grade {
			return fmt.Errorf("needs grade %.1f to read; at most %.0f: shorter words and sentences", g, grade)
		}
	case "es":
		if e := 206.835 - 62.3*syllables(words, spanish) - perSentence; e < ease {
			return fmt.Errorf("has reading ease %.0f; at least %d: shorter words and sentences", e, ease)
		}
	}
	return nil
}

var end = regexp.MustCompile(`[.!?:;…]+(?:\s|$)|\n+`)

// measure counts words and sentences; a gap counts as a word, and a line as a
// sentence.
func measure(text string) (words []string, longest, sentences int) {
	for _, s := range end.Split(gap.ReplaceAllString(text, "name"), -1) {
		here := strings.FieldsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' && r != '’' })
		if len(here) == 0 {
			continue
		}
		words, longest, sentences = append(words, here...), max(longest, len(here)), sentences+1
	}
	return words, longest, sentences
}

// syllables is how many a word has on average.
func syllables(words []string, count func(string) int) float64 {
	sum := 0
	for _, word := range words {
		sum += max(1, count(strings.ToLower(word)))
	}
	return float64(sum) / float64(len(words))
}

// english counts groups of vowels, without a silent e at the end.
func english(word string) int {
	n := groups(word, "aeiouy")
	silent := strings.HasSuffix(word, "e") && !strings.HasSuffix(word, "le") ||
		strings.HasSuffix(word, "ed") && !strings.HasSuffix(word, "ted") && !strings.HasSuffix(word, "ded") ||
		strings.HasSuffix(word, "es") && !strings.HasSuffix(word, "ses")
	if silent && n > 1 {
		n--
	}
	return n
}

func groups(word, vowels string) int {
	n, inside := 0, false
	for _, r := range word {
		vowel := strings.ContainsRune(vowels, r)
		if vowel && !inside {
			n++
		}
		inside = vowel
	}
	return n
}

// spanish counts vowels, taking a diphthong or triphthong, where at least one of
// two neighbours is an i or u without an accent, for one.
func spanish(word string) int {
	n, before := 0, ' '
	for _, r := range word {
		vowel := strings.ContainsRune("aeiouáéíóúü", r)
		weak := strings.ContainsRune("iuü", r) || strings.ContainsRune("iuü", before)
		joined := strings.ContainsRune("aeiouáéíóúü", before) && weak && !strings.ContainsRune("íú", r) && !strings.ContainsRune("íú", before)
		if vowel && !joined {
			n++
		}
		before = r
	}
	return n
}

func TestSyllables(t *testing.T) {
	for word, want := range map[string]int{"cat": 1, "meeting": 2, "recovery": 4, "time": 1, "saved": 1, "wanted": 2, "the": 1, "people": 2} {
		if got := english(word); got != want {
			t.Errorf("%s: got %d, want %d", word, got, want)
		}
	}
	for word, want := range map[string]int{"sol": 1, "reunión": 2, "día": 2, "recuperación": 5, "quiere": 2, "leer": 2, "país": 2, "ayuda": 3} {
		if got := spanish(word); got != want {
			t.Errorf("%s: got %d, want %d", word, got, want)
		}
	}
}

func TestReadableRefuses(t *testing.T) {
	tests := []struct {
		lang, text string
		easy       bool
	}{
		{"en", "We will send you a note one hour before the meeting starts. You can stop it at any time.", true},
		{"en", "Notification configuration necessitates authorization from organizational administrators preceding any subsequent implementation of modifications.", false},
		{"es", "Te mandamos una nota una hora antes de la reunión. La puedes parar cuando quieras.", true},
		{"es", "La configuración institucional de notificaciones requiere autorización administrativa previamente comunicada por organizaciones internacionales correspondientes.", false},
		{"en", strings.Repeat("a b ", 13), false},
		{"en", strings.Repeat("a b.\n", 13), true},
	}
	for _, tt := range tests {
		if err := readable(tt.lang, tt.text); (err == nil) != tt.easy {
			t.Errorf("%.30q: got %v, want easy: %v", tt.text, err, tt.easy)
		}
	}
}
