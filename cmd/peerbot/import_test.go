package main

import (
	"context"
	"errors"
	"fmt"
	"testing"
)

// Ctrl+C ends the bot well, and an import by halves.
func TestAnImportThatIsStoppedIsNoSuccess(t *testing.T) {
	for _, err := range []error{context.Canceled, fmt.Errorf("import: %w", context.Canceled), errors.New("import: no disk")} {
		if got := exitCode(brokenOff(err)); got != exitFailed {
			t.Errorf("%v: the program ends with %d", err, got)
		}
	}
}
