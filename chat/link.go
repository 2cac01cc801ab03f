package chat

import (
	"net/url"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

// maxLink is the longest web address that browsers and platforms all take, in bytes.
const maxLink = 2000

// hosts reads a host name as a browser does (UTS 46), and strictly.
var hosts = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(true), idna.VerifyDNSLength(true))

// ReadLink reads a web address that a person typed: https or http (see Insecure),
// with a full host name, which is shown in ASCII so that a look-alike letter shows;
// no user name or password, no other scheme, no invisible characters. Where the
// scheme is left out it is https. The error is a *Refusal.
func ReadLink(text string) (Link, error) {
	text = strings.TrimSpace(text)
	if len(text) > maxLink {
		return Link{}, Refuse(Invalid, "option.link.too_long")
	}
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return r == ' ' || cleanRune(r) != r }) {
		return Link{}, Refuse(Invalid, "option.link.not_a_link")
	}
	u, err := url.Parse(text)
	if err == nil && u.Scheme == "" {
		u, err = url.Parse("https://" + text)
	}
	if err != nil {
		return Link{}, Refuse(Invalid, "option.link.not_a_link")
	}
	if err := checkURL(u); err != nil {
		return Link{}, err
	}
	return Link{URL: u.String()}, nil
}

// checkURL checks the parsed address and puts its host into ASCII.
func checkURL(u *url.URL) error {
	if u.Scheme != "https" && u.Scheme != "http" {
		return Refuse(Invalid, "option.link.not_web")
	}
	if u.User != nil {
		return Refuse(Invalid, "option.link.userinfo")
	}
	host, err := hosts.ToASCII(u.Hostname())
	if err != nil || !strings.Contains(host, ".") || !utf8.ValidString(u.Hostname()) {
		return Refuse(Invalid, "option.link.not_a_link")
	}
	if port := u.Port(); port != "" {
		host += ":" + port
	}
	u.Host = host
	return nil
}

// Insecure reports whether the address is http: what is sent there can be read and
// changed on the way, and a person should be told.
func (l Link) Insecure() bool { return strings.HasPrefix(l.URL, "http://") }
