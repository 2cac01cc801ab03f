package chat_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"

	"peerbot/chat"
)

func TestReadLink(t *testing.T) {
	for _, c := range []struct{ typed, url string }{
		{"https://zoom.us/j/12345678901?pwd=a#success", "https://zoom.us/j/12345678901?pwd=a#success"},
		{" zoom.us/j/1 ", "https://zoom.us/j/1"},
		{"HTTP://EXÄMPLE.org:8080/é", "http://xn--exmple-cua.org:8080/%C3%A9"},
		{"https://\u0430pple.com/", "https://xn--pple-43d.com/"}, // A Cyrillic а.
		{"https://ｅxample。org", "https://example.org"},
		{"https://203.0.113.7/x", "https://203.0.113.7/x"},
	} {
		link, err := chat.ReadLink(c.typed)
		if err != nil || link.URL != c.url || link.Insecure() != strings.HasPrefix(c.url, "http:") {
			t.Errorf("%q is %q, %v", c.typed, link.URL, err)
		}
	}
	for typed, want := range map[string]string{
		"":                                "option.link.not_a_link",
		"hello":                           "option.link.not_a_link",
		"https://":                        "option.link.not_a_link",
		"https://localhost/":              "option.link.not_a_link",
		"https://x..org":                  "option.link.not_a_link",
		"https://exa mple.org":            "option.link.not_a_link",
		"https://example.org/\u202egpj":   "option.link.not_a_link",
		"https://example.org/\x00":        "option.link.not_a_link",
		"https://example.org/\nhttps:":    "option.link.not_a_link",
		"https://good.org\\@evil.org":     "option.link.not_a_link",
		"https://example.org:port/":       "option.link.not_a_link",
		"//example.org":                   "option.link.not_a_link",
		"https://zoom.us4567%901":         "option.link.not_a_link",
		"https://\x99oom.us":              "option.link.not_a_link",
		"https://[::1]/":                  "option.link.not_a_link",
		"https://good.org@evil.org":       "option.link.userinfo",
		"https://ana:secret@example.org/": "option.link.userinfo",
		"javascript:alert(1)":             "option.link.not_web",
		"JavaScript://example.org/%0aa":   "option.link.not_web",
		"data:text/html,<b>":              "option.link.not_web",
		"tel:988":                         "option.link.not_web",
		"ftp://example.org":               "option.link.not_web",
		"https://example.org/" + strings.Repeat("x", 2000): "option.link.too_long",
	} {
		link, err := chat.ReadLink(typed)
		var r *chat.Refusal
		if !errors.As(err, &r) || r.Error() != "invalid: "+want {
			t.Errorf("%.40q is %q, %v; want %s", typed, link.URL, err, want)
		}
	}
}

func FuzzReadLink(f *testing.F) {
	f.Add("https://zoom.us/j/12345678901?pwd=a#success")
	f.Add("javascript:alert(1)")
	f.Add("https://good.org\\@evil.org")
	f.Fuzz(func(t *testing.T, typed string) {
		link, err := chat.ReadLink(typed)
		if err != nil {
			return
		}
		u, err := url.Parse(link.URL)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.User != nil || !strings.Contains(u.Hostname(), ".") {
			t.Errorf("%q became %q, %v", typed, link.URL, err)
		}
		for _, r := range u.Host {
			if r > 127 || r <= ' ' {
				t.Errorf("%q has the host %q", typed, u.Host)
			}
		}
		if again, err := chat.ReadLink(link.URL); len(link.URL) <= 2000 && (err != nil || again != link) {
			t.Errorf("%q became %q and then %q, %v", typed, link.URL, again.URL, err)
		}
	})
}
