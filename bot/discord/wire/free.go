package wire

import "time"

// Free is when a bucket takes its next request, as far as Discord has said; what has
// passed is now, and so is what cannot be told while a request is under way.
func (c *Client) Free(bucket string) time.Time {
	c.mu.Lock()
	b := c.buckets[bucket]
	c.mu.Unlock()
	if b == nil || !b.of.TryLock() {
		return time.Time{}
	}
	defer b.of.Unlock()
	return time.Now().Add(c.rest.Ratelimiter.GetWaitTime(b.of, 1))
}
