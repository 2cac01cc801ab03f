package discord

import (
	"strings"
	"unicode"
	"unicode/utf16"

	"peerbot/chat"
)

// clean is text without characters that change how the text around them reads, with
// the space at its ends. The dots keep chat.Block from trimming that.
func clean(text string) string {
	text = chat.Block("." + text + ".")
	return text[1 : len(text)-1]
}

// snowflake reports whether it can be an id of Discord.
func snowflake(id string) bool {
	return id != "" && len(id) <= 20 && !strings.ContainsFunc(id, func(r rune) bool { return r < '0' || r > '9' })
}

// units are UTF-16 units, in which Discord counts.
func units(text string) int {
	n := 0
	for _, r := range text {
		n += max(1, utf16.RuneLen(r))
	}
	return n
}

// fit is words for a place of one line that takes no markup, cut to so many units.
func fit(text string, limit int) string { return within(chat.Line(text), limit) }

// within cuts text between two graphemes to so many units.
func within(text string, limit int) string {
	for n := limit; units(text) > limit; n -= max(1, (units(text)-limit)/2) {
		text, _ = chat.Cut(text, max(n, 0))
	}
	return text
}

// escape makes of a person's words what Discord shows as they were typed. An address
// stands in angle brackets, where nothing is markup. fresh: it begins a line.
func escape(text string, fresh bool) string {
	var b strings.Builder
	number := false // number: only digits stand on the line.
	for text != "" {
		if url, rest, ok := cutAddress(text); ok {
			b.WriteString("<" + url + ">")
			text, fresh, number = rest, false, false
			continue
		}
		c, size := rune(text[0]), 1
		for size < len(text) && text[size]&0xC0 == 0x80 {
			size++
		}
		if marks(c, text[size:], fresh, number) {
			b.WriteByte('\\')
		}
		b.WriteString(text[:size])
		if c == ':' && strings.HasPrefix(text[size:], "/") {
			b.WriteByte('\\') // so that no other scheme makes a link
		}
		number = (fresh || number) && c >= '0' && c <= '9'
		fresh = c == '\n' || fresh && unicode.IsSpace(c)
		text = text[size:]
	}
	return b.String()
}

// marks reports whether a character before rest would be markup.
func marks(c rune, rest string, fresh, number bool) bool {
	switch c {
	case '\\', '*', '_', '~', '|', '`', '<', '[', ']', '@':
		return true
	case '#', '>', '-', '+':
		return fresh
	case '.', ')':
		return number
	case ':':
		return shortcode(rest)
	}
	return false
}

// shortcode reports whether text goes on as an emoji's name does behind its colon.
func shortcode(text string) bool {
	i := strings.IndexFunc(text, func(r rune) bool {
		return r != '_' && r != '-' && r != '+' && r != '~' && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	return i > 0 && text[i] == ':'
}

// cutAddress cuts a web address off the beginning of text, without the signs behind
// it that belong to the sentence.
func cutAddress(text string) (url, rest string, ok bool) {
	if !strings.HasPrefix(text, "http://") && !strings.HasPrefix(text, "https://") {
		return "", text, false
	}
	end := strings.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '<' || r == '>' })
	if end < 0 {
		end = len(text)
	}
	found := strings.TrimRight(text[:end], ".,:;!?\"')]}*~|`\\")
	if strings.HasSuffix(found, "/") && strings.Count(found, "/") < 3 {
		return "", text, false // no host
	}
	url, ok = webAddress(found)
	return url, text[len(found):], ok
}

// inAddress are the signs that would end an address or be markup around it.
var inAddress = strings.NewReplacer("*", "%2A", "\\", "%5C", "`", "%60", "(", "%28", ")", "%29", "|", "%7C", "~~", "%7E%7E",
	"<", "%3C", ">", "%3E", `"`, "%22")

// webAddress is an address as it can stand in angle brackets.
func webAddress(text string) (string, bool) {
	if !strings.HasPrefix(text, "http://") && !strings.HasPrefix(text, "https://") || text != clean(text) ||
		strings.ContainsFunc(text, unicode.IsSpace) {
		return "", false
	}
	return inAddress.Replace(text), true
}
