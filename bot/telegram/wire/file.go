package wire

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	telegram "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"
)

// The library's types that requests and answers are made of.
type (
	Update = models.Update
	File   = models.File
)

// carriage is how long a file may take.
const carriage = 5 * time.Minute

// Upload is a file to be sent.
type Upload struct {
	Chat    int64
	Thread  int
	Name    string
	Caption string
	Photo   bool // Photo: shown as a picture.
	Silent  bool
	Data    io.Reader
}

// Send sends a file, by the library: a file needs multipart.
func (c *Client) Send(ctx context.Context, u Upload) error {
	ctx, stop := context.WithTimeout(ctx, carriage)
	defer stop()
	file := &models.InputFileUpload{Filename: u.Name, Data: u.Data}
	method, err := "sendDocument", error(nil)
	if u.Photo {
		method = "sendPhoto"
		_, err = c.lib.SendPhoto(ctx, &telegram.SendPhotoParams{
			ChatID: u.Chat, MessageThreadID: u.Thread, Photo: file, Caption: u.Caption, DisableNotification: u.Silent})
	} else {
		_, err = c.lib.SendDocument(ctx, &telegram.SendDocumentParams{
			ChatID: u.Chat, MessageThreadID: u.Thread, Document: file, Caption: u.Caption, DisableNotification: u.Silent})
	}
	err = refused(err)
	c.pace.heed(ctx, err)
	return c.redacted(method, err)
}

// Fetch opens a file that somebody sent, at most 20 MB:
// https://core.telegram.org/bots/api#getfile
func (c *Client) Fetch(ctx context.Context, id string) (io.ReadCloser, error) {
	var f File
	if err := c.Call(ctx, "getFile", map[string]string{"file_id": id}, &f); err != nil {
		return nil, err
	}
	ctx, stop := context.WithTimeout(ctx, carriage)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/file/bot"+c.token+"/"+f.FilePath, nil)
	if err != nil {
		stop()
		return nil, c.redacted("fetch a file", err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		stop()
		return nil, c.redacted("fetch a file", err)
	}
	body := &body{resp.Body, stop}
	if resp.StatusCode != http.StatusOK {
		return nil, errors.Join(fmt.Errorf("fetch a file: %w", &Error{Code: resp.StatusCode, Description: http.StatusText(resp.StatusCode)}), body.Close())
	}
	return body, nil
}

// body frees the time limit when it is closed.
type body struct {
	io.ReadCloser
	stop context.CancelFunc
}

func (b *body) Close() error {
	defer b.stop()
	return b.ReadCloser.Close()
}
