package locales

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
)

// harsh are the words that hurt or blame people in recovery, by language, each
// with what to say in its place. They follow NIDA's "Words Matter" and the house's
// own rules: no streak is broken and nothing is reset. A * stands for any ending.
var harsh = map[string]map[string]string{
	"en": {
		"addict": "a person in recovery", "addicts": "people in recovery", "addicted": "say what is meant",
		"alcoholic": "a person in recovery", "alcoholics": "people in recovery", "alcoholism": "alcohol use",
		"clean": "sober, or in recovery", "dirty": "say what is meant",
		"abuse": "use, or harm", "abuser*": "a person", "abused": "use, or harm", "abusing": "use, or harm",
		"junkie*": "a person", "junky": "a person", "druggie*": "a person", "drunk*": "a person", "crackhead*": "a person",
		"user": "a person, a member", "users": "people, members",
		"relapse*": "a return to use", "sober up": "say what is meant",
		"commit suicide": "die by suicide", "committed suicide": "died by suicide", "committing suicide": "dying by suicide",
		"successful suicide": "died by suicide", "failed suicide": "a suicide attempt",
		"broke": "a new start", "broken": "a new start", "reset*": "a new start",
		"suffer*": "a person with", "victim*": "say who", "crazy": "leave it out", "insane": "leave it out",
		"forbidden": "say who may", "illegal": "say what to do",
	},
	"es": {
		"adict*": "una persona en recuperación", "drogadict*": "una persona en recuperación", "toxicómano*": "una persona",
		"alcohólic*": "una persona en recuperación", "alcoholic*": "una persona en recuperación",
		"limpio": "sobrio, en recuperación", "limpia": "sobria, en recuperación", "limpios": "en recuperación", "limpias": "en recuperación",
		"sucio*": "diga qué", "sucia*": "diga qué", "abus*": "consumo, daño", "yonqui*": "una persona", "drogata*": "una persona",
		"borrach*": "una persona", "usuario*": "una persona, miembro", "usuaria*": "una persona, miembro",
		"recaída*": "volver a consumir", "recaer": "volver a consumir", "recaid*": "volver a consumir",
		"cometer suicidio": "morir por suicidio", "cometió suicidio": "murió por suicidio", "suicidio fallido": "intento de suicidio",
		"roto": "un nuevo comienzo", "rota": "un nuevo comienzo", "rompió": "un nuevo comienzo",
		"reinici*": "un nuevo comienzo", "restablec*": "un nuevo comienzo",
		"sufre*": "una persona con", "víctima*": "diga quién", "loco": "quítelo", "loca": "quítelo",
		"prohibid*": "diga quién puede", "ilegal*": "diga qué hacer",
	},
}

// jargon is what only those who build programs say, in any language.
var jargon = []string{
	"cron", "token*", "scope*", "iana", "hmac", "yaml", "json", "api", "uuid", "url*", "uri", "regex*", "boolean*",
	"integer*", "string", "strings", "null", "nil", "timestamp*", "payload*", "callback*", "webhook*", "database",
	"backend", "frontend", "parse*", "parsing", "syntax", "guild*", "supergroup*", "modal", "ephemeral", "snowflake*",
	"slash command*", "embed*", "cache*", "daemon*", "timeout*", "deprecated", "invalid", "inválid*", "unauthorized",
	"rfc*", "ical", "ics", "utf*", "ascii", "hash*", "regexp*", "sintaxis", "booleano*", "parsear",
}

// platforms have their names in their own files only.
var platforms = []string{"discord", "telegram"}

// names are the fellowships' own, and stand as they are.
var names = []string{"alcoholics anonymous", "narcotics anonymous", "alcohólicos anónimos", "narcóticos anónimos"}

func TestWords(t *testing.T) {
	lint(t, func(e entry, text string) error { return wording(e.area, e.lang, text) })
}

// wording finds the first word that a sentence should not have.
func wording(area, lang, text string) error {
	words := spaced(text)
	for _, name := range names {
		words = strings.ReplaceAll(words, " "+name+" ", " ")
	}
	for word, instead := range harsh[lang] {
		if has(words, word) {
			return fmt.Errorf("%q may hurt: %s", word, instead)
		}
	}
	for _, word := range jargon {
		if has(words, word) {
			return fmt.Errorf("%q is jargon: say it in everyday words", word)
		}
	}
	for _, word := range platforms {
		if word != area && has(words, word) {
			return fmt.Errorf("%q is a platform: it has a file of its own", word)
		}
	}
	return nil
}

// spaced is the text in lower case with one space around each word and no gaps.
func spaced(text string) string {
	words := strings.FieldsFunc(strings.ToLower(gap.ReplaceAllString(text, " ")), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	})
	return " " + strings.Join(words, " ") + " "
}

func has(words, word string) bool {
	if stem, open := strings.CutSuffix(word, "*"); open {
		return strings.Contains(words, " "+stem)
	}
	return strings.Contains(words, " "+word+" ")
}

func TestWording(t *testing.T) {
	tests := []struct {
		area, lang, text, word string
	}{
		{"a", "en", "A place for people in recovery.", ""},
		{"a", "en", "Alcoholics Anonymous meets here.", ""},
		{"a", "en", "Are you an Addict?", `"addict"`},
		{"a", "en", "He committed suicide.", `"committed suicide"`},
		{"a", "en", "Your streak is broken.", `"broken"`},
		{"a", "en", "A cleaner room.", ""},
		{"a", "en", "Say it in cron.", `"cron"`},
		{"a", "en", "{{.token}} is yours.", ""},
		{"a", "en", "Open Discord.", `"discord"`},
		{"discord", "en", "Open Discord.", ""},
		{"a", "es", "Ya estás limpia.", `"limpia"`},
		{"a", "es", "Es alcohólico.", `"alcohólic*"`},
		{"a", "es", "Grupo de Alcohólicos Anónimos.", ""},
		{"a", "es", "Una persona en recuperación.", ""},
	}
	for _, tt := range tests {
		err := wording(tt.area, tt.lang, tt.text)
		if (err == nil) != (tt.word == "") || err != nil && !strings.Contains(err.Error(), tt.word) {
			t.Errorf("%q: got %v, want %q", tt.text, err, tt.word)
		}
	}
}
