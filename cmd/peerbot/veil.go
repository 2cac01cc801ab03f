package main

import (
	"io"
	"net/url"
	"slices"
	"strings"
	"sync"
)

// veil is a stream into which no secret is written: whatever stands in one, in whole
// or past its first colon, in the clear or as an address has it, becomes ***. Whoever
// writes does so a line at a time, as loggers and fmt do.
type veil struct {
	w io.Writer
	*secrets
}

// secrets are what must not be seen. Two veils over the streams of one terminal share
// them.
type secrets struct {
	mu    sync.RWMutex
	words []string
	cut   *strings.Replacer // cut is nil while there are none.
}

// veiled puts a veil over both streams that the program writes to.
func (t terminal) veiled() terminal {
	known := &secrets{}
	t.Out, t.Err = &veil{t.Out, known}, &veil{t.Err, known}
	return t
}

// hide makes the secrets ones that the terminal never shows from here on.
func (t terminal) hide(words ...string) {
	if v, ok := t.Err.(*veil); ok {
		v.add(words)
	}
}

func (s *secrets) add(words []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, word := range words {
		s.words = append(s.words, word)
		if _, tail, ok := strings.Cut(word, ":"); ok { // A Telegram token is the bot's id, which is public, and this.
			s.words = append(s.words, tail)
		}
	}
	slices.SortFunc(s.words, func(a, b string) int { return len(b) - len(a) }) // The whole before its part.
	var pairs []string
	for _, word := range s.words {
		for _, form := range []string{word, url.QueryEscape(word)} {
			if form != "" {
				pairs = append(pairs, form, "***")
			}
		}
	}
	s.cut = strings.NewReplacer(pairs...)
}

// Write writes p without the secrets. It reports the length of p.
func (v *veil) Write(p []byte) (int, error) {
	v.mu.RLock()
	cut := v.cut
	v.mu.RUnlock()
	if cut == nil {
		return v.w.Write(p)
	}
	if _, err := cut.WriteString(v.w, string(p)); err != nil {
		return 0, err
	}
	return len(p), nil
}
