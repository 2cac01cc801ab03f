package main

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

	"github.com/lmittmann/tint"
	"golang.org/x/term"

	"peerbot/config"
)

// newLog writes to w as the configuration says, in colour on a terminal, and never
// shows a secret: whatever holds one by value is cut before it is written.
func newLog(w io.Writer, cfg config.Config) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(cfg.Log.Level)); err != nil {
		level = slog.LevelInfo
	}
	hide := hider(string(cfg.Store.Key))
	switch {
	case cfg.Log.Format == "json":
		return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: hide}))
	case isTerminal(w):
		return slog.New(tint.NewTextHandler(w, &tint.Options{Level: level, ReplaceAttr: hide}))
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: level, ReplaceAttr: hide}))
}

// hider cuts the secrets out of every value, whatever its type.
func hider(secrets ...string) func([]string, slog.Attr) slog.Attr {
	return func(_ []string, a slog.Attr) slog.Attr {
		text := a.Value.String()
		if a.Value.Kind() == slog.KindAny {
			text = fmt.Sprint(a.Value.Any())
		}
		for _, s := range secrets {
			if s != "" && strings.Contains(text, s) {
				text = strings.ReplaceAll(text, s, "***")
				a.Value = slog.StringValue(text)
			}
		}
		return a
	}
}

func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
