// Package wire holds what works round github.com/bwmarrin/discordgo v0.29.0, which
// stays a transport: its Session carries the gateway's connection and every request,
// and what it does not do, or does wrong, is done here. Each defect stands in the
// comment of what mends it, and a test fails without the mending.
//
//   - A Session hangs for ever when Discord asks it to connect anew while it opens
//     (wsapi.go, onEvent: CloseWithCode takes the lock that Open holds), notices a dead
//     link after five heartbeats, answers an invalid session at once and without end,
//     tells nobody the code with which Discord closed, retries the fatal ones, closes
//     with code 1000, which ends the session, and never uses resume_gateway_url. A tap
//     on its connection and a supervisor: tap.go, gateway.go, address.go.
//   - It has no limit of 50 requests a second, takes a 429 of everything for one of a
//     bucket, cuts the fractions off the waits that Discord tells, cannot read a 429
//     that is no JSON, and makes a text of a 502: transport.go.
//   - It puts all edits of answers into one bucket, and keeps every bucket for ever:
//     client.go.
//   - Its structs have no nonce, no labels, no menus in forms and nothing that came
//     with a form, and an unknown component leaves half an event: what is sent and
//     read are structs of our own, in message.go, interaction.go and command.go.
//
// It knows no command and no engine, and decides nothing about what is said.
package wire
