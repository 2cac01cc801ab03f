package bot

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"peerbot/chat"
	"peerbot/storage"
)

// RouterConfig is what a Router works with. All fields but those that say so are needed.
type RouterConfig struct {
	Tree      []chat.Command
	Store     storage.Store
	Vault     *storage.Vault
	Words     Words
	Directory Directory
	Limits    []Limits // Limits are those of every platform that is plugged in.
	Log       *slog.Logger
	Rand      io.Reader // Rand makes references of errors and the jitter of back-offs.

	// Menu is the path of the general menu, which stands for a button that is not for
	// whoever pressed it. Optional.
	Menu []string
	// Notice is told what platforms notice. Optional.
	Notice func(context.Context, chat.Notice) error
	// Timeout bounds a command's work. Optional: 30 seconds.
	Timeout time.Duration
	// PerPerson and PerRoom bound how many calls are taken. Optional: 10 at once and
	// one a second more, and 60 at once and ten a second more.
	PerPerson, PerRoom Rate
}

// Router turns what a person did into a Call, and a Call into a Reply. It carries out
// offers, forms, Confirm, Undo and Audit, so that a command has none of these to do.
// It is safe for many goroutines.
type Router struct {
	tree    *tree
	store   storage.Store
	vault   *storage.Vault
	kept    *kept
	words   Words
	known   Directory
	limits  map[string]Limits
	log     *slog.Logger
	rand    *dice
	menu    *node
	crisis  *node // crisis is the first leaf that answers always; nil without one.
	notice  func(context.Context, chat.Notice) error
	timeout time.Duration
	people  *crowd
	rooms   *crowd
}

// NewRouter checks the whole tree. Its error names every command that cannot be
// offered on every platform and in every language, and why.
func NewRouter(c RouterConfig) (*Router, error) {
	t, err := newTree(c.Tree, c.Words, c.Limits)
	if err != nil {
		return nil, fmt.Errorf("the tree of commands: %w", err)
	}
	r := &Router{
		tree: t, store: c.Store, vault: c.Vault, kept: newKept(c.Vault), words: c.Words, known: c.Directory,
		limits: map[string]Limits{}, log: c.Log, rand: &dice{from: c.Rand}, notice: c.Notice,
		timeout: c.Timeout, people: newCrowd(c.PerPerson, Rate{time.Second, 10}), rooms: newCrowd(c.PerRoom, Rate{time.Second / 10, 60}),
	}
	for _, l := range c.Limits {
		if _, twice := r.limits[l.Platform]; twice {
			return nil, fmt.Errorf("two platforms have the name %q", l.Platform)
		}
		r.limits[l.Platform] = l
	}
	if r.timeout == 0 {
		r.timeout = 30 * time.Second
	}
	if err := r.landmarks(c.Menu); err != nil {
		return nil, err
	}
	t.at(cancelPath).own = r.cancel
	return r, nil
}

// landmarks finds the leaves that the engine itself leads people to.
func (r *Router) landmarks(menu []string) error {
	if menu != nil {
		if r.menu = r.tree.at(menu); r.menu == nil || r.menu.Run == nil {
			return fmt.Errorf("the menu %q is no leaf", menu)
		}
	}
	for n := range r.tree.root.below() {
		if n.Always && r.crisis == nil {
			r.crisis = n
		}
	}
	return nil
}

// Complete suggests values for an option of the native command c.Path, for which
// other options may be filled in already. Whoever may not use the command is
// suggested nothing.
func (r *Router) Complete(ctx context.Context, c *chat.Call, option, typed string) []chat.Choice {
	v := r.visit(c)
	var choices []chat.Choice
	err := guarded(func() (err error) { choices, err = r.suggest(ctx, v, option, typed); return err })
	if err != nil {
		r.report(v, err)
		return nil
	}
	p := r.printer(v)
	for i, c := range choices {
		choices[i].Label = p.label(c.Label)
	}
	return choices
}

func (r *Router) suggest(ctx context.Context, v *visit, option, typed string) ([]chat.Choice, error) {
	ctx, stop := context.WithTimeout(ctx, r.timeout)
	defer stop()
	r.goTo(v, r.tree.read("/"+strings.Join(v.Path, " ")))
	if v.node == nil {
		return nil, nil
	}
	if err := r.know(ctx, v); err != nil {
		return nil, err
	}
	p, ok := v.node.param(option)
	if !ok || !v.node.allowed(v.Role) {
		return nil, nil
	}
	v.Args, _, _ = r.parsed(v)
	return p.Suggest(ctx, v.Call, typed)
}

// Notice passes on what a platform noticed.
func (r *Router) Notice(ctx context.Context, n chat.Notice) error {
	if r.notice == nil {
		return nil
	}
	ctx, stop := context.WithTimeout(ctx, r.timeout)
	defer stop()
	if err := guarded(func() error { return r.notice(ctx, n) }); err != nil {
		return fmt.Errorf("notice %s: %w", n.Kind, err)
	}
	return nil
}
