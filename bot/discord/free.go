package discord

import (
	"time"

	"peerbot/chat"
)

// Free is when the room takes the next message.
func (d *Discord) Free(to chat.Address) time.Time {
	channel := channelOf(to)
	if to.Direct() {
		channel = d.directs.known(to.Room)
	}
	return d.client.Free("send " + channel)
}
