package wire

import (
	"context"
	"io"
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
	var err error
	method := "sendPhoto"
	if u.Photo {
		_, err = c.lib.SendPhoto(ctx, &telegram.SendPhotoParams{
			ChatID: u.Chat, MessageThreadID: u.Thread, Photo: file, Caption: u.Caption, DisableNotification: u.Silent})
	} else {
		method = "sendDocument"
		_, err = c.lib.SendDocument(ctx, &telegram.SendDocumentParams{
			ChatID: u.Chat, MessageThreadID: u.Thread, Document: file, Caption: u.Caption, DisableNotification: u.Silent})
	}
	err = refused(err)
	c.pace.heed(ctx, err)
	return c.redacted(method, err)
}
