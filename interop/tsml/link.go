package tsml

import (
	"net/url"
	"slices"
	"strings"

	"peerbot/chat"
)

// providers are the hosts of meeting programs that the apps know, from
// https://github.com/code4recovery/12-step-meeting-list, read on 2026-11-21.
var providers = []string{
	"bluejeans.com", "discord.gg", "freeconference.com", "freeconferencecall.com", "goto.com", "gotomeet.me",
	"gotomeeting.com", "horizon.meta.com", "maps.secondlife.com", "meet.google.com", "meet.jit.si",
	"meetings.dialpad.com", "signal.group", "skype.com", "slurl.com", "teams.live.com", "teams.microsoft.com",
	"vrchat.com", "webex.com", "zoho.com", "zoom.us",
}

// ReadLink reads the web address of a meeting: "" for none. Its host is a known
// provider's or ends with a dot and one: evilzoom.us is nobody's. The error is a
// *chat.Refusal.
func ReadLink(said string) (string, error) {
	if said == "" {
		return "", nil
	}
	link, err := chat.ReadLink(said)
	if err != nil {
		return "", chat.Refuse(chat.Invalid, "interop.row.bad_link")
	}
	if host := hostOf(link.URL); !provided(host) {
		return "", chat.Refuse(chat.Invalid, "interop.row.strange_link", chat.Text("host", short(host)))
	}
	return link.URL, nil
}

func hostOf(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return strings.ToLower(u.Hostname())
}

func provided(host string) bool {
	return slices.ContainsFunc(providers, func(p string) bool { return host == p || strings.HasSuffix(host, "."+p) })
}
