package web

import "html/template"

// page is everything that one page shows, in words of its language. The template
// decides how it looks and nothing else.
type page struct {
	Lang   string // Lang is the language of the page's own words.
	Langs  []link // Langs lead to the same page in each language, by its own name.
	People []link // People are who you can be.
	Rooms  []link // Rooms are where you can be; your private chat is the last.
	You    string // You is the name of who you are.
	Room   string // Room is the name of where you are.
	Alone  bool   // Alone: it is the private chat.
	At     string // At is the path of this page, which Say, Press, Call, Complete and Events stand under.
	After  string // After is the id of the newest event that the page shows.
	Posts  []post // Posts are the messages, the oldest first.
	Menu   []group
	Now    *entry // Now is the command that works at any time and for anyone; nil is none.
	Form   *form  // Form is the form of a command that was opened by its address; nil is none.
	Sorry  string // Sorry says what was wrong with what was sent; "" is nothing.
}

// link is one place to go.
type link struct {
	Name, About, Href string
	Lang              string // Lang is the language of Name, where it is not the page's.
	Here              bool
}

// group is a heading in the palette of commands.
type group struct {
	Name     string
	Commands []entry
}

// entry is a command in the palette.
type entry struct {
	Typed string // Typed is the command as one types it: /meeting add.
	About string
	Href  string // Href opens its form, or gives the command where it needs none.
	Bare  bool   // Bare: it works without options, so pressing it gives it at once.
	Path  string // Path are its ids, joined by spaces.
	Asks  bool   // Asks: it takes options, so that its form can be opened.
}

// post is one message as one person sees it.
type post struct {
	ID      string // ID is unique on the page: "m12". An edited message keeps it.
	From    string // From is who wrote it: the bot, or a person's name.
	Bot     bool
	Private bool // Private: only you can see this.
	Edited  bool
	Silent  bool // Silent: it came without a sound.
	Sent    stamp
	Body    template.HTML
	Files   []file
	Action  string // Action is the path that its buttons are sent to.
	Rows    [][]button
	Form    *form  // Form is what the message asks for; nil when it asks nothing.
	Lock    string // Lock is what a locked phone would show of it; "" where it is no direct message.
	Said    string // Said is the whole of it in plain words, with its buttons, as a screen reader reads it.
}

// stamp is when something happened.
type stamp struct {
	ISO  string // ISO is for the datetime attribute.
	Text string // Text is for whoever has no script.
}

// button sends its payload to the Action of its post.
type button struct {
	Label, Payload string
	Name           string // Name is its accessible name: it begins with Label and is unique on the page.
	Post           string // Post is the ID of the message it stands on.
}

// form is what a command asks: it goes to At/press with a payload, or to At/call with
// a path.
type form struct {
	ID      string // ID is unique on the page.
	Title   string
	About   string
	Action  string // Action is the path that it is sent to.
	Payload string
	Path    string
	Post    string
	Fields  []field
	Files   bool // Files: a field takes a file, so it is sent as multipart.
	Submit  string
}

// field is one option of a form.
type field struct {
	ID       string // ID is unique on the page, and so is ID+"-help".
	Name     string // Name is "o." and the option's id.
	Label    string
	Help     string
	Value    string
	Kind     string // Kind is text, paragraph, number, choice, file: the control that it gets.
	Required bool
	Min, Max int // Min and Max bound a number, or the length of a text; both 0 bound nothing.
	Choices  []choice
	Complete string // Complete is the address of its completion, with everything but "typed"; "" is none.
}

// choice is one value that a field may take.
type choice struct {
	Value, Label string
	Chosen       bool
}

// file is something that can be fetched, or a picture that is shown.
type file struct {
	Name, Href, About string // About is its kind and size, in words.
	Alt               string // Alt describes a picture.
	Picture           bool
}
