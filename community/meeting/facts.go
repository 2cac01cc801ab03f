package meeting

import (
	"cmp"
	"slices"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"peerbot/chat"
)

// Facts are what people choose a meeting by, beside its time and place. What is empty
// was not said.
type Facts struct {
	Programme string   `json:"programme,omitempty"` // Programme is a programme or fellowship, by its id in Programmes.
	Types     []string `json:"types,omitempty"`     // Types are codes of the programme's own list, sorted, for the apps that read them.
	Doors     Openness `json:"doors,omitempty"`     //
	Language  string   `json:"language,omitempty"`  // Language is a BCP 47 tag.
	Audience  string   `json:"audience,omitempty"`  // Audience is who it is for, as people say it.
	Access    string   `json:"access,omitempty"`    // Access is who can come in and how: wheelchairs, captions, child care.
	Beginners bool     `json:"beginners,omitempty"` // Beginners: it is meant for people who are new.
	Expect    string   `json:"expect,omitempty"`    // Expect is what a newcomer can expect.
	Minors    string   `json:"minors,omitempty"`    // Minors is what holds for people under 18: the consent form, the named adult to ask.
	Capacity  int      `json:"capacity,omitempty"`  // Capacity is how many can come; 0 is any number.
}

// Openness says who may come to a meeting.
type Openness string

// Who may come.
const (
	OpenToAll Openness = "open"   // Anyone, families and friends too.
	Closed    Openness = "closed" // Those alone whom the programme is for.
)

// MaxCapacity bounds how many can come.
const MaxCapacity = 10_000

// Programme is a programme or a fellowship, by the names that it has for itself.
type Programme struct{ ID, Short, Name string }

// Programmes lists those that are known, by their short names. The fellowships are
// those of https://github.com/code4recovery/12-step-meeting-list, read on 2026-11-21.
func Programmes() []Programme { return slices.Clone(programmes) }

var programmes = []Programme{
	{"aa", "AA", "Alcoholics Anonymous"},
	{"aca", "ACA", "Adult Children of Alcoholics"},
	{"al-anon", "Al-Anon", "Al-Anon"},
	{"ca", "CA", "Cocaine Anonymous"},
	{"cea-how", "CEA-HOW", "Compulsive Eaters Anonymous-HOW"},
	{"cma", "CMA", "Crystal Meth Anonymous"},
	{"coda", "CoDA", "Co-Dependents Anonymous"},
	{"da", "DA", "Debtors Anonymous"},
	{"daa", "DAA", "Drug Addicts Anonymous"},
	{"eda", "EDA", "Eating Disorders Anonymous"},
	{"ga", "GA", "Gamblers Anonymous"},
	{"ha", "HA", "Heroin Anonymous"},
	{"lifering", "LifeRing", "LifeRing Secular Recovery"},
	{"ma", "MA", "Marijuana Anonymous"},
	{"na", "NA", "Narcotics Anonymous"},
	{"oa", "OA", "Overeaters Anonymous"},
	{"pal", "PAL", "Parents of Addicted Loved Ones"},
	{"peer", "Peer support", "Peer support"},
	{"rca", "RCA", "Recovering Couples Anonymous"},
	{"rd", "Recovery Dharma", "Recovery Dharma"},
	{"rr", "Refuge Recovery", "Refuge Recovery"},
	{"sa", "SA", "Sexaholics Anonymous"},
	{"saa", "SAA", "Sex Addicts Anonymous"},
	{"sca", "SCA", "Sexual Compulsives Anonymous"},
	{"sia", "SIA", "Survivors of Incest Anonymous"},
	{"slaa", "SLAA", "Sex and Love Addicts Anonymous"},
	{"smart", "SMART Recovery", "SMART Recovery"},
	{"sos", "SOS", "Secular Organizations for Sobriety"},
	{"ua", "UA", "Underearners Anonymous"},
	{"va", "VA", "Violence Anonymous"},
	{"wfs", "Women for Sobriety", "Women for Sobriety"},
}

// FindProgramme is the programme with the id, the short name or the whole name;
// false when none has it.
func FindProgramme(typed string) (Programme, bool) {
	i := slices.IndexFunc(programmes, func(p Programme) bool {
		typed := fold(typed)
		return typed == fold(p.ID) || typed == fold(p.Short) || typed == fold(p.Name)
	})
	if i < 0 {
		return Programme{}, false
	}
	return programmes[i], true
}

// languages are those that meetings are held in, for who types a name instead of a tag.
var languages = strings.Fields("en es fr de it pt nl sv da nb fi is pl cs sk hu ro bg el tr ru uk he ar fa hi bn pa gu ta te ur ne th vi id fil ja ko zh am so sw ase bfi")

// Languages are the tags of the languages in which most meetings are held.
func Languages() []string { return slices.Clone(languages) }

// ReadLanguage reads a language: a tag, or its name in English, Spanish or itself. The
// error is a *chat.Refusal.
func ReadLanguage(typed string) (string, error) {
	name := fold(typed)
	for _, tag := range languages {
		t := language.Make(tag)
		if slices.Contains([]string{tag, fold(display.English.Languages().Name(t)), fold(display.Spanish.Languages().Name(t)), fold(LanguageName(tag))}, name) {
			return tag, nil
		}
	}
	if tag, err := language.Parse(strings.TrimSpace(typed)); err == nil && tag != language.Und {
		return tag.String(), nil
	}
	return "", chat.Refuse(chat.Invalid, "meeting.no_such_language")
}

// LanguageName is the language's own name for itself.
func LanguageName(tag string) string { return cmp.Or(display.Self.Name(language.Make(tag)), tag) }

// checkFacts checks what can be typed wrong.
func (v *Meeting) checkFacts() error {
	f := &v.Facts
	if p, ok := FindProgramme(f.Programme); ok {
		f.Programme = p.ID
	} else if f.Programme != "" {
		return about("programme", chat.Refuse(chat.Invalid, "meeting.no_such_programme"))
	}
	if f.Language != "" {
		tag, err := ReadLanguage(f.Language)
		if err != nil {
			return about("language", err)
		}
		f.Language = tag
	}
	for _, code := range f.Types {
		if TypeLabel(f.Programme, code) == "" {
			return about("programme", chat.Refuse(chat.Invalid, "meeting.no_such_type", chat.Text("type", code)))
		}
	}
	if f.Capacity < 0 || f.Capacity > MaxCapacity {
		return about("capacity", chat.Refuse(chat.Invalid, "meeting.capacity_bounds", chat.Count("most", MaxCapacity)))
	}
	return nil
}

// Words are the facts as people read them, a line each.
func (f Facts) Words() chat.Rich {
	var lines []chat.Rich
	add := func(when bool, say chat.Rich) {
		if when {
			lines = append(lines, say)
		}
	}
	p, known := FindProgramme(f.Programme)
	add(known, chat.Say("meeting.fact.programme", chat.Text("name", p.Name)))
	add(f.Doors == OpenToAll, chat.Say("meeting.fact.open"))
	add(f.Doors == Closed, chat.Say("meeting.fact.closed"))
	add(len(f.Types) > 0, chat.Say("meeting.fact.types", chat.Text("names", f.typesWords())))
	add(f.Language != "", chat.Say("meeting.fact.language", chat.Text("name", LanguageName(f.Language))))
	add(f.Audience != "", chat.Say("meeting.fact.audience", chat.Text("text", f.Audience)))
	add(f.Access != "", chat.Say("meeting.fact.access", chat.Text("text", f.Access)))
	add(f.Beginners, chat.Say("meeting.fact.beginners"))
	add(f.Expect != "", chat.Say("meeting.fact.expect", chat.Text("text", f.Expect)))
	add(f.Minors != "", chat.Say("meeting.fact.minors", chat.Text("text", f.Minors)))
	add(f.Capacity > 0, chat.Say("meeting.fact.capacity", chat.Count("people", f.Capacity)))
	return chat.Lines(lines...)
}
