package bot

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"iter"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"peerbot/chat"
)

// node is a command in its place in the tree.
type node struct {
	chat.Command
	path    []string
	above   *node // above is nil at the root.
	subs    []*node
	words   map[string]*node      // words for the listed subs: ids, names and aliases in every language, folded.
	options map[string]chat.Param // options by id and by name in every language, folded.
	byBits  map[uint16]string     // byBits are ids of options by how they stand in a payload; "" where two stand alike.
	hidden  bool                  // hidden: it or a branch above it is unlisted.
	own     step                  // own is what the engine's own leaf does, in place of Run.
}

// tree is every command there is.
type tree struct {
	root     *node
	numbered map[uint32]*node // numbered are the nodes by the number of their path, unlisted ones too.
}

// cancelPath is the engine's own leaf, which stops a form.
var cancelPath = []string{"cancel"}

// newTree grows the tree and checks it whole; the error names every fault.
func newTree(commands []chat.Command, words Words, platforms []Limits) (*tree, error) {
	t := &tree{root: &node{}, numbered: map[uint32]*node{}}
	t.grow(t.root, append(slices.Clone(commands), chat.Command{Name: cancelPath[0]}))
	k := &checker{words: words}
	k.tree(t)
	for _, l := range platforms {
		k.platform(t, l)
	}
	return t, errors.Join(k.errs...)
}

func (t *tree) grow(n *node, commands []chat.Command) {
	for _, c := range commands {
		sub := &node{Command: c, above: n, hidden: n.hidden || c.Unlisted}
		sub.path = append(slices.Clone(n.path), c.Name)
		n.subs = append(n.subs, sub)
		t.grow(sub, c.Subs)
	}
}

// shown is the tree as a platform shows it. Where no lines are typed a form is left by
// closing it, and cancel leads nowhere.
func (t *tree) shown(l Limits) (commands []chat.Command) {
	for _, n := range t.root.subs {
		if n.own == nil || l.Typed {
			commands = append(commands, n.Command)
		}
	}
	return commands
}

// below yields the nodes under n, each before its subs.
func (n *node) below() iter.Seq[*node] {
	return func(yield func(*node) bool) { n.walk(yield) }
}

func (n *node) walk(yield func(*node) bool) bool {
	for _, sub := range n.subs {
		if !yield(sub) || !sub.walk(yield) {
			return false
		}
	}
	return true
}

func (n *node) leaf() bool { return len(n.Subs) == 0 }

func (n *node) String() string { return "/" + strings.Join(n.path, " ") }

// key is the path as the catalogue wants it.
func (n *node) key() string { return strings.Join(n.path, " ") }

// allowed reports whether a duty of role suffices for the command and for every
// branch above it.
func (n *node) allowed(role chat.Role) bool {
	for ; n != nil; n = n.above {
		if !role.Any(n.Needs) {
			return false
		}
	}
	return true
}

// param is the option with the id.
func (n *node) param(id string) (chat.Param, bool) {
	for _, p := range n.Options {
		if p.Spec().Name == id {
			return p, true
		}
	}
	return nil, false
}

// at is the node with exactly this path of ids, unlisted ones too.
func (t *tree) at(path []string) *node {
	n := t.root
	for _, id := range path {
		i := slices.IndexFunc(n.subs, func(sub *node) bool { return sub.Name == id })
		if i < 0 {
			return nil
		}
		n = n.subs[i]
	}
	return n
}

// numberOf is how a path stands in a payload.
func numberOf(path []string) uint32 {
	sum := sha256.Sum256([]byte(strings.Join(path, " ")))
	return binary.BigEndian.Uint32(sum[:])
}

// nearest are the listed subs of n that the role may use and whose words differ
// least from word, by name.
func (n *node) nearest(word string, role chat.Role) (near []*node) {
	const longest = 32
	if word = fold(word); len(word) > longest {
		return nil
	}
	least := 1 + len(word)/4
	for w, sub := range n.words {
		d := chat.Distance(word, w)
		if d > least || !sub.allowed(role) {
			continue
		}
		if d < least {
			near, least = nil, d
		}
		if !slices.Contains(near, sub) {
			near = append(near, sub)
		}
	}
	slices.SortFunc(near, func(a, b *node) int { return strings.Compare(a.Name, b.Name) })
	return near
}

// fold is a word as it is compared: lower case, without accents and without
// characters that nobody sees.
func fold(word string) string {
	return strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.Mn, unicode.Cf, unicode.Cc) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(word))
}
