package tsml

import (
	"maps"
	"slices"
	"strings"

	"peerbot/community/meeting"
)

// The codes that mean what we keep elsewhere, in every programme that has them.
const (
	codeOpen   = "O"
	codeClosed = "C"
	codeOnline = "ONL" // It follows from the link.
	codeShut   = "TC"  // The building is closed for now.
)

// languages are the codes of languages with their BCP 47 tags, from data/types.json of
// https://github.com/code4recovery/spec, read on 2026-11-21.
var languages = map[string]string{
	"AF": "af", "AM": "am", "AR": "ar", "BG": "bg", "DA": "da", "DE": "de", "EL": "el", "EN": "en", "FA": "fa",
	"FI": "fi", "FR": "fr", "HE": "he", "HI": "hi", "HR": "hr", "HU": "hu", "IS": "is", "ITA": "it", "JA": "ja",
	"KA": "ka", "KOR": "ko", "LT": "lt", "ML": "ml", "MT": "mt", "NE": "ne", "NL": "nl", "NO": "no", "POL": "pl",
	"POR": "pt", "PUN": "pa", "RUS": "ru", "S": "es", "SK": "sk", "SL": "sl", "SV": "sv", "TH": "th", "TL": "fil",
	"TUR": "tr", "UK": "uk",
}

// languageNames are how a sheet writes them.
var languageNames = map[string]string{
	"english": "en", "spanish": "es", "french": "fr", "german": "de", "italian": "it", "portuguese": "pt", "russian": "ru",
	"polish": "pl", "dutch": "nl", "swedish": "sv", "japanese": "ja", "korean": "ko",
}

// Facts sorts the types of a programme into what we know of a meeting and what we do
// not. A code that the programme's list does not have is kept aside and never guessed
// at.
func Facts(programme string, said []string) (f meeting.Facts, unknown []string) {
	f.Programme = programme
	for _, s := range said {
		s = strings.TrimSpace(s)
		code, known := meeting.ReadType(programme, s)
		code = either(known, code, strings.ToUpper(s))
		tag := languageOf(s)
		switch {
		case s == "" || code == codeOnline || code == codeShut:
		case code == codeOpen && has(programme, code), strings.EqualFold(s, "open"):
			f.Doors = meeting.OpenToAll
		case code == codeClosed && has(programme, code), strings.EqualFold(s, "closed"):
			f.Doors = meeting.Closed
		case known:
			f.Types = append(f.Types, code)
			f.Beginners = f.Beginners || forBeginners(programme, code)
		case tag != "" && (f.Language == "" || f.Language == tag):
			f.Language = tag
		default:
			unknown = append(unknown, short(s))
		}
	}
	slices.Sort(f.Types)
	f.Types = slices.Compact(f.Types)
	return f, unknown
}

// has reports whether the code is one of the programme's, or one that all have alike
// where it has no list.
func has(programme, code string) bool {
	return meeting.TypeLabel(programme, code) != "" || !meeting.ListsTypes(programme)
}

func either(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

func languageOf(said string) string {
	if tag := languages[strings.ToUpper(said)]; tag != "" {
		return tag
	}
	return languageNames[strings.ToLower(said)]
}

// forBeginners reports whether the code's label says that the meeting is for people who
// are new.
func forBeginners(programme, code string) bool {
	label := strings.ToLower(meeting.TypeLabel(programme, code))
	return strings.Contains(label, "newcomer") || strings.Contains(label, "beginner")
}

// beginnerCodes are those of programmes that have one.
var beginnerCodes = []string{"BE", "BEG", "NC"}

// codes are the types of a meeting.
func codes(v meeting.Meeting, shown place) []string {
	f := v.Facts
	out := slices.Clone(f.Types)
	add := func(when bool, code string) {
		if when {
			out = append(out, code)
		}
	}
	add(f.Doors == meeting.OpenToAll && has(f.Programme, codeOpen), codeOpen)
	add(f.Doors == meeting.Closed && has(f.Programme, codeClosed), codeClosed)
	add(shown.online(), codeOnline)
	add(shown.online() && !shown.house(), codeShut)
	if f.Beginners && !slices.ContainsFunc(f.Types, func(c string) bool { return forBeginners(f.Programme, c) }) {
		for _, c := range beginnerCodes {
			add(forBeginners(f.Programme, c), c)
		}
	}
	for _, c := range slices.Sorted(maps.Keys(languages)) {
		add(f.Language == languages[c] && meeting.TypeLabel(f.Programme, c) == "", c)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
