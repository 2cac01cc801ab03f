package discordtest

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The markup that a client turns into something else, in the order in which it is
// looked for; see https://docs.discord.com/developers/reference#message-formatting.
var markup = regexp.MustCompile("(?s)" +
	"```(?:[a-z]*\\n)?(.+?)```" + // a block of code
	"|`([^`]+)`" + // code
	`|\\([^\sA-Za-z0-9])` + // an escaped sign
	`|<t:(-?\d+)(?::([tTdDfFR]))?>` + // a time
	`|\[((?:\\.|[^\]\\])+)\]\(<?(https?://[^\s>)]+)>?\)` + // a link with a label
	`|<(https?://[^\s>]+)>` + // a link without a card
	`|<@!?(\d+)>` + // a person
	`|<@&(\d+)>` + // a role
	`|<#(\d+)>` + // a channel
	`|(\*\*|__|~~|\|\||\*|_)` + // bold and the like
	`|(?m:^(?:[-*] |#{1,3} |-# |> ))`) // a list, a heading, a quotation

// Read is the text of a message as a person reads it in a client whose zone is zone:
// markup is gone, times are written out, people are named.
func (s *Server) Read(m *Message, zone *time.Location) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	parts := []string{m.Content}
	for _, e := range m.Embeds {
		parts = append(parts, e.Title, e.Description)
		for _, f := range e.Fields {
			parts = append(parts, f.Name, f.Value)
		}
	}
	parts = slicesNonEmpty(parts)
	for i := range parts {
		parts[i] = s.plain(parts[i], zone)
	}
	return strings.Join(parts, "\n")
}

func slicesNonEmpty(all []string) []string {
	var kept []string
	for _, one := range all {
		if one != "" {
			kept = append(kept, one)
		}
	}
	return kept
}

func (s *Server) plain(text string, zone *time.Location) string {
	return replace(markup, text, func(g []string) string {
		switch {
		case g[1] != "" || g[2] != "" || g[3] != "":
			return g[1] + g[2] + g[3]
		case g[4] != "":
			return when(g[4], g[5], zone)
		case g[6] != "":
			return s.plain(g[6], zone) + " (" + g[7] + ")"
		case g[8] != "":
			return g[8]
		case g[9] != "":
			return "@" + s.nameOf(g[9])
		case g[10] != "" || g[11] != "":
			return s.placeOf(g[10], g[11])
		case strings.HasPrefix(g[0], "- ") || strings.HasPrefix(g[0], "* "):
			return "• "
		}
		return ""
	})
}

// replace is ReplaceAllStringFunc with the groups of each match.
func replace(re *regexp.Regexp, text string, with func(groups []string) string) string {
	var b strings.Builder
	last := 0
	for _, at := range re.FindAllStringSubmatchIndex(text, -1) {
		groups := make([]string, len(at)/2)
		for i := range groups {
			if at[2*i] >= 0 {
				groups[i] = text[at[2*i]:at[2*i+1]]
			}
		}
		b.WriteString(text[last:at[0]])
		b.WriteString(with(groups))
		last = at[1]
	}
	b.WriteString(text[last:])
	return b.String()
}

func (s *Server) nameOf(id string) string {
	if p := s.personByID(id); p != nil {
		return p.name
	}
	return "unknown-user"
}

func (s *Server) placeOf(roleID, channelID string) string {
	if r := find(s.roles, func(r *role) bool { return r.id == roleID }); r != nil {
		return "@" + r.name
	}
	if c := s.channel(channelID); c != nil {
		return "#" + c.name
	}
	return "#unknown"
}

func when(unix, style string, zone *time.Location) string {
	seconds, err := strconv.ParseInt(unix, 10, 64)
	if err != nil {
		return unix
	}
	at := time.Unix(seconds, 0).In(zone)
	switch style {
	case "t":
		return at.Format("15:04")
	case "T":
		return at.Format("15:04:05")
	case "d":
		return at.Format("02/01/2006")
	case "D":
		return at.Format("2 January 2006")
	case "F":
		return at.Format("Monday, 2 January 2006 15:04")
	case "R":
		return "in " + time.Until(at).Round(time.Minute).String()
	}
	return at.Format("2 January 2006 15:04")
}
