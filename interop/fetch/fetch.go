// Package fetch reads a list from an address of the public web.
//
// It refuses whatever is not https, and every address that is not public: of this
// computer, of the network it stands in, of the machinery of a cloud. The address is
// checked as it is dialled, after names were looked up and after each redirect. It has
// a bound for time and for size, and sends nothing about anybody.
package fetch

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"syscall"
	"time"

	"peerbot/chat"
)

// The bounds of one reading.
const (
	Patience = 30 * time.Second // Patience is for all of it, with redirects.
	MaxBytes = 32 << 20
	hops     = 3
)

// Fetcher reads lists.
type Fetcher struct {
	client *http.Client
	most   int64
}

// errAddress is that an address is not one of the public web.
var errAddress = errors.New("not a public address")

// New makes a Fetcher that dials the addresses that allow takes: Public.
func New(allow func(netip.Addr) bool) *Fetcher {
	dialer := &net.Dialer{Timeout: Patience / 3, Control: func(_, address string, _ syscall.RawConn) error {
		at, err := netip.ParseAddrPort(address)
		if err != nil || !allow(at.Addr()) {
			return errAddress
		}
		return nil
	}}
	return &Fetcher{most: MaxBytes, client: &http.Client{
		Timeout: Patience,
		Transport: &http.Transport{
			DialContext: dialer.DialContext, DisableKeepAlives: true, ForceAttemptHTTP2: true,
			TLSHandshakeTimeout: Patience / 3, MaxResponseHeaderBytes: 1 << 16,
		},
		CheckRedirect: func(r *http.Request, via []*http.Request) error {
			if len(via) > hops {
				return errors.New("too many redirects")
			}
			r.Header.Del("Referer") // The address may be one that not everybody knows.
			return check(r.URL)
		},
	}}
}

// reserved are the networks that netip does not count as private and that are no part of
// the public web: https://www.iana.org/assignments/iana-ipv4-special-registry and
// https://www.iana.org/assignments/iana-ipv6-special-registry.
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"), netip.MustParsePrefix("100.64.0.0/10"), netip.MustParsePrefix("192.0.0.0/24"),
	netip.MustParsePrefix("192.0.2.0/24"), netip.MustParsePrefix("192.88.99.0/24"), netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("198.51.100.0/24"), netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("240.0.0.0/4"),
	netip.MustParsePrefix("2001::/23"), netip.MustParsePrefix("2001:db8::/32"), netip.MustParsePrefix("2002::/16"), netip.MustParsePrefix("3fff::/20"),
}

// global are all addresses of IPv6 that anybody was given so far:
// https://www.iana.org/assignments/ipv6-address-space. Others can stand for an address of IPv4.
var global = netip.MustParsePrefix("2000::/3")

// Public reports whether the address is of the public web.
func Public(at netip.Addr) bool {
	at = at.Unmap()
	return at.IsGlobalUnicast() && !at.IsPrivate() && at.Zone() == "" && (at.Is4() || global.Contains(at)) &&
		!slices.ContainsFunc(reserved, func(p netip.Prefix) bool { return p.Contains(at) })
}

// check refuses an address that is not https, or that tells who asks.
func check(u *url.URL) error {
	if u.Scheme != "https" || u.Host == "" || u.User != nil {
		return chat.Refuse(chat.Invalid, "feed.no_https")
	}
	return nil
}

// Check refuses what can never be read. The error is a *chat.Refusal.
func Check(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return chat.Refuse(chat.Invalid, "feed.no_https")
	}
	return check(u)
}

// Read reads what stands at the address. The error is a *chat.Refusal.
func (f *Fetcher) Read(ctx context.Context, address string) ([]byte, error) {
	if err := Check(address); err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, chat.Refuse(chat.Invalid, "feed.no_https")
	}
	r.Header.Set("User-Agent", "peerbot")
	answer, err := f.client.Do(r)
	if err != nil {
		return nil, explain(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return nil, chat.Refuse(chat.Missing, "feed.status", chat.Text("status", strconv.Itoa(answer.StatusCode)))
	}
	data, err := io.ReadAll(io.LimitReader(answer.Body, f.most+1))
	if err != nil {
		return nil, explain(err)
	}
	if int64(len(data)) > f.most {
		return nil, chat.Refuse(chat.Invalid, "interop.too_large", chat.Count("most", int(f.most>>20)))
	}
	return data, nil
}

// explain says what went wrong, without the address.
func explain(err error) error {
	var refusal *chat.Refusal
	var slow net.Error
	switch {
	case errors.As(err, &refusal):
		return refusal
	case errors.Is(err, errAddress):
		return chat.Refuse(chat.Denied, "feed.not_public")
	case errors.As(err, &slow) && slow.Timeout():
		return chat.Refuse(chat.Missing, "feed.too_slow")
	}
	return chat.Refuse(chat.Missing, "feed.unreachable")
}
