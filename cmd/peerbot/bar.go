package main

import (
	"fmt"
	"io"
	"strings"
	"sync"
)

// bar shows how much of something is done: on a terminal one line that grows, and
// elsewhere a line for each tenth.
type bar struct {
	mu    sync.Mutex
	w     io.Writer
	live  bool
	total int
	shown int // shown is the percentage that was shown last.
}

func newBar(w io.Writer, total int) *bar { return &bar{w: w, live: isTerminal(w), total: total} }

// at says that n are done. It may be called from many goroutines and out of order.
func (b *bar) at(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	percent := 100 * n / max(b.total, 1)
	switch {
	case b.live && percent > b.shown:
		fmt.Fprintf(b.w, "\r[%-40s] %d of %d", strings.Repeat("#", percent*40/100), n, b.total)
	case !b.live && percent/10 > b.shown/10:
		fmt.Fprintf(b.w, "%d of %d\n", n, b.total)
	default:
		return
	}
	b.shown = percent
}

// end leaves the line as it is.
func (b *bar) end() {
	if b.live && b.shown > 0 {
		fmt.Fprintln(b.w)
	}
}
