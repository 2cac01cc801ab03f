package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"html/template"
	"io/fs"

	"peerbot/bot"
	"peerbot/chat"
)

//go:embed assets
var assets embed.FS

// looks are the templates in every language, and the files that they refer to.
type looks struct {
	templates map[string]*template.Template
	version   string // version is a hash of all files: at an address with it they never change.
}

func newLooks(words bot.Words) (*looks, error) {
	l := &looks{templates: map[string]*template.Template{}}
	if err := l.hash(); err != nil {
		return nil, err
	}
	for _, lang := range words.Langs() {
		funcs := template.FuncMap{"asset": l.asset, "say": func(id string, fills ...any) (string, error) {
			return say(words, lang, id, fills)
		}}
		t, err := template.New("").Funcs(funcs).ParseFS(assets, "assets/*.html")
		if err != nil {
			return nil, fmt.Errorf("read the templates: %w", err)
		}
		l.templates[lang] = t
	}
	return l, nil
}

func (l *looks) hash() error {
	sum := sha256.New()
	err := fs.WalkDir(assets, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := assets.ReadFile(path)
		sum.Write([]byte(path))
		sum.Write(text)
		return err
	})
	if err != nil {
		return fmt.Errorf("read the files of the page: %w", err)
	}
	l.version = hex.EncodeToString(sum.Sum(nil)[:6])
	return nil
}

// asset is the address of a file of the page.
func (l *looks) asset(name string) string { return "/assets/" + l.version + "/" + name }

// say is a sentence of the catalogue, whose gaps are given as names and values. A
// number chooses the plural form.
func say(words bot.Words, lang, id string, pairs []any) (string, error) {
	var fills []chat.Fill
	for ; len(pairs) > 1; pairs = pairs[2:] {
		name, ok := pairs[0].(string)
		if !ok {
			return "", fmt.Errorf("say %s: the name of a gap is %v", id, pairs[0])
		}
		switch value := pairs[1].(type) {
		case int:
			fills = append(fills, chat.Count(name, value))
		case string:
			fills = append(fills, chat.Text(name, value))
		default:
			return "", fmt.Errorf("say %s: %s is a %T", id, name, value)
		}
	}
	if len(pairs) > 0 {
		return "", fmt.Errorf("say %s: %v has no value", id, pairs[0])
	}
	return words.Put(lang, nil, chat.Rich{chat.Phrase{ID: id, Fills: fills}}).String(), nil
}

// draw is a page, or a message, as HTML of the language.
func (l *looks) draw(lang, what string, data any) ([]byte, error) {
	var b bytes.Buffer
	if err := l.templates[lang].ExecuteTemplate(&b, what, data); err != nil {
		return nil, fmt.Errorf("draw a %s: %w", what, err)
	}
	return b.Bytes(), nil
}
