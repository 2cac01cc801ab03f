package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// MaxFile is the largest file that a bot can fetch, in bytes:
// https://core.telegram.org/bots/api#getfile
const MaxFile = 20 << 20

const (
	fetching = 20 * time.Second // fetching is how long a file may take, from the first question to its last byte.
	fetches  = 8                // fetches are how many come at a time: each keeps whoever reads it from other work.
)

// Errors of Fetch and of what it opens, beside an *Error.
var (
	ErrTooLarge  = errors.New("the file is too large")
	ErrTooMany   = errors.New("too many files come at once")
	ErrElsewhere = errors.New("the server keeps files where only its own machine can read them")
)

// Fetch opens a file that somebody sent. Where it lies is asked for each time: an
// address holds for an hour, and the id for longer. Reading fails where the file is
// larger than MaxFile, is cut off, or is not there whole in 20 seconds. The caller closes
// it. No error holds the address, which has the token in it.
func (c *Client) Fetch(ctx context.Context, id string) (io.ReadCloser, error) {
	select {
	case c.fetches <- struct{}{}:
	default:
		return nil, ErrTooMany
	}
	ctx, stop := context.WithTimeout(ctx, fetching)
	end := sync.OnceFunc(func() { stop(); <-c.fetches })
	from, err := c.fetch(ctx, id)
	if err != nil {
		end()
		return nil, c.redacted("fetch a file", err)
	}
	return &download{client: c, from: from, left: MaxFile, end: end}, nil
}

func (c *Client) fetch(ctx context.Context, id string) (io.ReadCloser, error) {
	var f File
	if err := c.Call(ctx, "getFile", map[string]string{"file_id": id}, &f); err != nil {
		return nil, err
	}
	switch {
	case f.FileSize > MaxFile:
		return nil, ErrTooLarge
	case f.FilePath == "":
		return nil, errors.New("the server does not say where the file is")
	case !fs.ValidPath(f.FilePath) || strings.ContainsAny(f.FilePath, `\:`):
		return nil, ErrElsewhere
	}
	address := c.base + "/file/bot" + c.token + "/" + (&url.URL{Path: f.FilePath}).EscapedPath()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		_ = resp.Body.Close()
		return nil, fmt.Errorf("download: %w", &Error{Code: resp.StatusCode, Description: http.StatusText(resp.StatusCode)})
	}
	return resp.Body, nil
}

// download is a file that is being read.
type download struct {
	client *Client
	from   io.ReadCloser
	left   int64 // left is how many bytes may still come.
	end    func()
}

func (d *download) Read(p []byte) (int, error) {
	n, err := d.from.Read(p)
	if d.left -= int64(n); d.left < 0 {
		return 0, ErrTooLarge
	}
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	return n, d.client.redacted("fetch a file", err)
}

// Close ends the download, read to its end or not.
func (d *download) Close() error {
	defer d.end()
	return d.from.Close()
}
