package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
)

// TestTheQuestionsEndAtOnce: an interrupt in the middle of a question ends them, with
// nothing written.
func TestTheQuestionsEndAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "peerbot.yaml")
	synctest.Test(t, func(t *testing.T) {
		in, typed := io.Pipe()
		ctx, interrupt := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		out := &screen{}
		go func() { ended <- start(ctx, terminal{In: in, Out: out, Err: out}, path) }()
		if _, err := io.WriteString(typed, "Madrid\n"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		interrupt()
		if err := <-ended; !errors.Is(err, errUnanswered) {
			t.Errorf("it ended with %v", err)
		}
		if !strings.Contains(out.String(), "Its language") {
			t.Errorf("it asked:\n%s", out)
		}
		_ = typed.Close() // The read that nobody waits for ends.
	})
	if files, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); err != nil || len(files) > 0 {
		t.Errorf("%q were written, %v", files, err)
	}
}

// TestASecretIsHiddenFromItsAnswerOn: whatever is said after it was pasted.
func TestASecretIsHiddenFromItsAnswerOn(t *testing.T) {
	var out bytes.Buffer
	d := newDialog(terminal{In: strings.NewReader(" s3cret-canary \n"), Out: &out, Err: &out}.veiled())
	got, err := d.askSecret(t.Context(), "Token")
	if got != "s3cret-canary" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	d.say("You said %s.", got)
	showsNoSecret(t, out.String())
}
