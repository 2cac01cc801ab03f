package locales

import (
	"strings"
	"unicode"

	"peerbot/chat"
)

// The marks around the words of a sentence in the pseudo-locale.
const (
	opening = "⟦"
	closing = "⟧"
)

var accents = strings.NewReplacer(
	"a", "á", "e", "é", "i", "í", "o", "ó", "u", "ú",
	"A", "Á", "E", "É", "I", "Í", "O", "Ó", "U", "Ú",
)

// Pseudo is the fallback language with the words of every sentence in marked
// brackets and with accents, so that words which come from no catalogue stand out:
// Bare finds them. The names of commands and options stay as they are typed. It
// fails as Load does.
func Pseudo() (*Catalogue, error) {
	c, err := Load()
	if err != nil {
		return nil, err
	}
	first := c.langs[0]
	c = &Catalogue{tongues: map[string]*tongue{first: c.tongues[first]}, dress: dress}
	c.order()
	return c, nil
}

// dress puts brackets round the words and leaves spaces and line breaks outside.
func dress(words string) string {
	if !strings.ContainsFunc(words, unicode.IsLetter) {
		return words
	}
	return opening + accents.Replace(words) + closing
}

// Bare lists the texts of what Pseudo has put into words that hold letters outside
// its brackets: what a person typed, proper names, and sentences that somebody
// forgot to take from the catalogue. Codes, addresses and names of people are not
// looked at.
func Bare(r chat.Rich) []string {
	var found []string
	for _, s := range r {
		switch s := s.(type) {
		case chat.Plain:
			found = append(found, bare(string(s))...)
		case chat.Strong:
			found = append(found, bare(string(s))...)
		case chat.Link:
			found = append(found, bareLabel(s)...)
		case chat.Time:
			found = append(found, bare(s.Text)...)
		case chat.List:
			for _, item := range s.Items {
				found = append(found, Bare(item)...)
			}
		}
	}
	return found
}

func bareLabel(l chat.Link) []string {
	if l.Label == l.URL {
		return nil
	}
	return bare(l.Label)
}

// bare lists the texts between the brackets that hold letters.
func bare(text string) []string {
	var found []string
	for text != "" {
		outside, rest, _ := strings.Cut(text, opening)
		if strings.ContainsFunc(outside, unicode.IsLetter) {
			found = append(found, strings.TrimSpace(outside))
		}
		_, text, _ = strings.Cut(rest, closing)
	}
	return found
}
