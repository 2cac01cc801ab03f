// Package telegramtest is a Bot API server for tests that behaves as published: long
// polling with offsets, a webhook, chats, topics, members, limits and the errors in
// Telegram's own words. The real client talks to it over TCP or through memory, in a
// testing/synctest bubble too.
//
// People live in it: a test makes them write, press and leave, and looks at what each
// of them sees. What the bot sends is held against the machine-readable description
// of the Bot API, where the checkout has it beside it, and against the lengths that
// the description leaves out.
//
// It shares no type with any client library, so that a library's mistake is not its
// own. It parses no HTML or Markdown, knows no inline mode, payments or channels, and
// keeps nothing when it ends.
package telegramtest
