package bot

import (
	"fmt"
	"regexp"
	"slices"
	"unicode/utf8"

	"peerbot/chat"
)

// What every platform can carry. The sources are
// https://discord.com/developers/docs/interactions/application-commands and
// https://core.telegram.org/bots/api#inlinekeyboardbutton.
const (
	maxOptions = 25
	maxChoices = 25
	maxAbout   = 100 // runes
	maxDepth   = 3   // words in a path
	minLabel   = 40  // graphemes on a button; the catalogue's labels fit
)

var wellNamed = regexp.MustCompile(`^[a-z][a-z0-9_]{0,31}$`)

// checker collects what is wrong with the tree.
type checker struct {
	words Words
	errs  []error
}

func (k *checker) say(n *node, format string, args ...any) {
	k.errs = append(k.errs, fmt.Errorf("%v: "+format, append([]any{n}, args...)...))
}

func (k *checker) require(ok bool, n *node, format string, args ...any) {
	if !ok {
		k.say(n, format, args...)
	}
}

// tree files every node under its words and number, and then checks each.
func (k *checker) tree(t *tree) {
	k.subWords(t.root)
	for n := range t.root.below() {
		k.subWords(n)
		n.options = k.optionWords(n)
		k.number(t, n)
	}
	for n := range t.root.below() {
		k.node(t, n)
	}
}

// number files the node under the number of its path.
func (k *checker) number(t *tree, n *node) {
	number := numberOf(n.path)
	if twin := t.numbered[number]; twin != nil {
		k.say(n, "has the same number as %v: rename one", twin)
	}
	t.numbered[number] = n
}

// subWords files the subs of n under their words.
func (k *checker) subWords(n *node) {
	n.words = map[string]*node{}
	ids := map[string]bool{}
	for _, sub := range n.subs {
		k.require(wellNamed.MatchString(sub.Name), sub, "the name is not [a-z][a-z0-9_]{0,31}")
		k.require(!ids[sub.Name], sub, "the name stands twice")
		ids[sub.Name] = true
		for _, w := range k.wordsFor(sub) {
			k.require(wellNamed.MatchString(w), sub, "the name %q is not [a-z][a-z0-9_]{0,31}", w)
			if twin := n.words[fold(w)]; twin != nil && twin != sub {
				k.say(sub, "the name %q belongs to %v too", w, twin)
			}
			n.words[fold(w)] = sub
		}
	}
}

// wordsFor are what a person may type for the command: nothing for an unlisted one.
func (k *checker) wordsFor(n *node) []string {
	if n.Unlisted {
		return nil
	}
	words := []string{n.Name}
	for _, lang := range k.words.Langs() {
		words = append(words, k.words.Name(lang, n.key()))
		if alias := k.words.Alias(lang, n.key()); alias != "" {
			words = append(words, alias)
		}
	}
	return words
}

// optionWords files the options of a node under their words.
func (k *checker) optionWords(n *node) map[string]chat.Param {
	words, owner := map[string]chat.Param{}, map[string]string{}
	n.byBits = map[uint16]string{}
	for _, p := range n.Options {
		id := p.Spec().Name
		bits := nameBits(id)
		if _, alike := n.byBits[bits]; alike {
			n.byBits[bits] = ""
		} else {
			n.byBits[bits] = id
		}
		names := []string{id}
		for _, lang := range k.words.Langs() {
			names = append(names, k.words.OptionName(lang, n.key(), id))
		}
		for _, w := range names {
			k.require(wellNamed.MatchString(w), n, "option %s: the name %q is not [a-z][a-z0-9_]{0,31}", id, w)
			if twin, met := owner[fold(w)]; met && twin != id {
				k.say(n, "option %s: the name %q belongs to %s too", id, w, twin)
			}
			words[fold(w)], owner[fold(w)] = p, id
		}
	}
	return words
}

func (k *checker) node(t *tree, n *node) {
	k.require(len(n.path) <= maxDepth, n, "lies deeper than %d words", maxDepth)
	for _, lang := range k.words.Langs() {
		about := k.words.About(lang, n.key())
		k.require(about != "" || n.hidden, n, "has no entry in the catalogue (%s): cmd.….about", lang)
		k.require(utf8.RuneCountInString(about) <= maxAbout, n, "about has more than %d runes (%s)", maxAbout, lang)
	}
	if n.leaf() {
		k.leaf(t, n)
		return
	}
	k.require(n.Run == nil && n.Confirm == nil && n.Undo == nil && len(n.Options) == 0, n, "is a branch, and a branch has Subs alone")
}

func (k *checker) leaf(t *tree, n *node) {
	k.require(n.Run != nil || slices.Equal(n.path, cancelPath), n, "is a leaf without Run")
	k.require(len(n.Options) <= maxOptions, n, "has more than %d options", maxOptions)
	if n.Always {
		k.require(n.Needs == 0 && n.above.allowed(0) && n.Confirm == nil && n.Undo == nil && !n.Audit, n,
			"answers always, so it can need nothing, nor confirm, undo or audit anything")
	}
	if n.Undo != nil {
		k.undo(t, n)
	}
	optional := ""
	for _, p := range n.Options {
		spec := p.Spec()
		k.option(n, spec)
		k.require(!n.Always || !spec.Required, n, "answers always, so it can need nothing: option %s", spec.Name)
		if spec.Required && optional != "" {
			k.say(n, "option %s is required and comes after %s, which is not", spec.Name, optional)
		}
		if !spec.Required {
			optional = spec.Name
		}
	}
}

func (k *checker) option(n *node, s chat.Spec) {
	k.require(len(s.Choices) <= maxChoices, n, "option %s has more than %d choices", s.Name, maxChoices)
	for _, lang := range k.words.Langs() {
		help := k.words.OptionHelp(lang, n.key(), s.Name)
		k.require(help != "" || n.hidden, n, "option %s has no entry in the catalogue (%s): opt.….help", s.Name, lang)
		k.require(utf8.RuneCountInString(help) <= maxAbout, n, "option %s: help has more than %d runes (%s)", s.Name, maxAbout, lang)
	}
}

// undo checks that what takes the leaf back is there.
func (k *checker) undo(t *tree, n *node) {
	back := t.at(n.Undo)
	if back == nil || !back.leaf() || !back.Unlisted {
		k.say(n, "Undo is %q, which is no unlisted leaf", n.Undo)
		return
	}
	_, ok := back.param(undoOption)
	k.require(ok, back, "takes back %v and has no option %q", n, undoOption)
}

// platform checks that everything fits what the platform can carry.
func (k *checker) platform(t *tree, l Limits) {
	bad := func(format string, args ...any) {
		k.errs = append(k.errs, fmt.Errorf("platform %s: "+format, append([]any{l.Platform}, args...)...))
	}
	if l.Platform == "" || l.Rows < 1 || l.Columns < 1 || l.Text < 1 {
		bad("its Limits need a name, Text, Rows and Columns")
	}
	if l.Payload < payloadSize {
		bad("carries %d bytes behind a button; %d are needed", l.Payload, payloadSize)
	}
	if l.Label < minLabel {
		bad("shows %d characters on a button; %d are needed", l.Label, minLabel)
	}
	room := l.Choices
	if l.Typed {
		room = l.Rows*l.Columns - spareButtons
	}
	for _, n := range t.numbered {
		for _, p := range n.Options {
			if s := p.Spec(); len(s.Choices) > room {
				bad("%v: option %s has %d choices, and %d can be shown", n, s.Name, len(s.Choices), room)
			}
		}
	}
}
