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
// provider's or ends with a dot and one: evilzoom.us is nobody's. The first page of a
// provider opens no meeting. The error is a *chat.Refusal.
func ReadLink(said string) (string, error) {
	if said == "" {
		return "", nil
	}
	link, err := chat.ReadLink(said)
	if err != nil {
		return "", chat.Refuse(chat.Invalid, "interop.row.bad_link")
	}
	u, err := url.Parse(link.URL)
	if err != nil {
		return "", chat.Refuse(chat.Invalid, "interop.row.bad_link")
	}
	switch host := strings.ToLower(u.Hostname()); {
	case !provided(host):
		return "", chat.Refuse(chat.Invalid, "interop.row.strange_link", chat.Text("host", short(host)))
	case strings.Trim(u.Path, "/") == "" && u.RawQuery == "" && u.Fragment == "":
		return "", chat.Refuse(chat.Invalid, "interop.row.front_page", chat.Text("host", short(host)))
	}
	return link.URL, nil
}

func provided(host string) bool {
	return slices.ContainsFunc(providers, func(p string) bool { return host == p || strings.HasSuffix(host, "."+p) })
}
