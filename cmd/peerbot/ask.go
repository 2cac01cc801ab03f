package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/term"
)

// errUnanswered is the end of the input in the middle of the questions.
var errUnanswered = errors.New("not every question was answered, so nothing was written; start again when you like")

// dialog asks one question at a time.
type dialog struct {
	t    terminal
	in   *bufio.Reader
	tty  *os.File    // tty is where somebody types; nil where the answers come from elsewhere.
	calm *term.State // calm is what tty was like at first.
}

func newDialog(t terminal) *dialog {
	d := &dialog{t: t, in: bufio.NewReader(t.In)}
	if f, ok := t.In.(*os.File); ok && isTerminal(f) {
		if calm, err := term.GetState(int(f.Fd())); err == nil {
			d.tty, d.calm = f, calm
		}
	}
	return d
}

// say writes a paragraph.
func (d *dialog) say(format string, args ...any) { fmt.Fprintf(d.t.Out, format+"\n", args...) }

// ask puts a question; an empty answer is what stands in brackets.
func (d *dialog) ask(ctx context.Context, question, kept string) (string, error) {
	fmt.Fprintf(d.t.Out, "%s [%s]: ", question, kept)
	answer, err := d.answer(ctx, d.line)
	if answer == "" {
		answer = kept
	}
	return answer, err
}

// askSecret puts a question whose answer is not shown, now or ever.
func (d *dialog) askSecret(ctx context.Context, question string) (string, error) {
	fmt.Fprintf(d.t.Out, "%s (it is not shown): ", question)
	read := d.line
	if d.tty != nil {
		read = d.unseen
	}
	answer, err := d.answer(ctx, read)
	if answer != "" {
		d.t.hide(answer)
	}
	return answer, err
}

// answer waits for the answer, or for ctx. A read from a terminal cannot be
// interrupted: it alone may outlive the dialog, which ends the program.
func (d *dialog) answer(ctx context.Context, read func() (string, error)) (string, error) {
	type said struct {
		text string
		err  error
	}
	heard := make(chan said, 1)
	go func() {
		text, err := read()
		heard <- said{strings.TrimSpace(text), err}
	}()
	select {
	case a := <-heard:
		if d.tty == nil {
			fmt.Fprintln(d.t.Out) // Nobody typed a line break.
		}
		return a.text, a.err
	case <-ctx.Done():
		if d.tty != nil {
			_ = term.Restore(int(d.tty.Fd()), d.calm)
		}
		fmt.Fprintln(d.t.Out)
		return "", errUnanswered
	}
}

func (d *dialog) line() (string, error) {
	text, err := d.in.ReadString('\n')
	if errors.Is(err, io.EOF) {
		if text != "" {
			return text, nil
		}
		err = errUnanswered
	}
	return text, err
}

func (d *dialog) unseen() (string, error) {
	text, err := term.ReadPassword(int(d.tty.Fd()))
	fmt.Fprintln(d.t.Out)
	if errors.Is(err, io.EOF) {
		err = errUnanswered
	}
	return string(text), err
}
