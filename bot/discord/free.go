package discord

import (
	"time"

	"peerbot/chat"
)

// Free is when the room takes the next message. Of a private chat it is not told: few
// letters go to one person in five seconds.
func (d *Discord) Free(to chat.Address) time.Time {
	if to.Direct() {
		return time.Time{}
	}
	return d.client.Free("send " + channelOf(to))
}
