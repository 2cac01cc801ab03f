package wire

import (
	"context"
	"time"
)

// hold is how long the server may keep a poll that has nothing to tell.
const hold = 50 * time.Second

// Poll asks for updates, at most limit. offset confirms every update below it; 0
// confirms none, and begins with the earliest that is not confirmed.
func (c *Client) Poll(ctx context.Context, offset int64, limit int, kinds []string) ([]*Update, error) {
	ctx, stop := context.WithTimeout(ctx, hold+patience)
	defer stop()
	var got []*Update
	err := c.call(ctx, "getUpdates", struct {
		Offset  int64    `json:"offset,omitempty"`
		Limit   int      `json:"limit"`
		Timeout int      `json:"timeout"`
		Allowed []string `json:"allowed_updates"`
	}{offset, limit, int(hold.Seconds()), kinds}, &got)
	return got, err
}
