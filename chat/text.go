package chat

import (
	"strings"
	"unicode"

	"github.com/rivo/uniseg"
	"golang.org/x/text/unicode/norm"
)

// Line is typed text as one clean line: composed (NFC), trimmed, without control,
// bidi and other invisible characters that change how the text around them reads.
// Line breaks become spaces. What it means is left alone: "@everyone" stays as it is.
func Line(text string) string {
	return strings.TrimSpace(strings.ReplaceAll(Block(text), "\n", " "))
}

// Block is typed text as Line makes it, with its line breaks.
func Block(text string) string {
	text = strings.ReplaceAll(strings.ToValidUTF8(text, ""), "\r\n", "\n")
	return strings.TrimSpace(norm.NFC.String(strings.Map(cleanRune, text)))
}

func cleanRune(r rune) rune {
	switch {
	case r == '\n' || r == '\r' || r == '\u2028' || r == '\u2029':
		return '\n'
	case r == '\t':
		return ' '
	case r == '\u200c' || r == '\u200d' || r >= 0xE0020 && r <= 0xE007F:
		return r // Joiners write Persian and Hindi; joiners and tags write emoji.
	case unicode.In(r, unicode.Cc, unicode.Cf):
		return -1
	}
	return r
}

// Length is the number of graphemes: what a reader would count as characters.
func Length(text string) int { return uniseg.GraphemeClusterCount(text) }

// Cut shortens text to at most limit graphemes, the last of them "…" when something
// was cut off, and says whether it was.
func Cut(text string, limit int) (short string, cut bool) {
	if len(text) <= limit {
		return text, false
	}
	if limit < 1 {
		return "", true
	}
	graphemes := uniseg.NewGraphemes(text)
	keep := 0
	for n := 1; graphemes.Next(); n++ {
		if n > limit {
			return text[:keep] + "…", true
		}
		if n < limit {
			_, keep = graphemes.Positions()
		}
	}
	return text, false
}
