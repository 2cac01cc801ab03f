package locales

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

// use is one sentence that the program says, by chat.Say or chat.Refuse.
type use struct {
	at     token.Position
	id     string
	prefix bool     // prefix: the id is built, and this is how it begins.
	fills  []string // fills by name; nil when they are not all written out.
	label  bool     // label: the words stand on a button.
}

// sources is what the program says, and every other string in it.
type sources struct {
	files   *token.FileSet
	uses    []use
	strings map[string]bool
}

// inTemplate is a sentence that a page's template says.
var inTemplate = regexp.MustCompile(`\bsay "([^"]+)"`)

// program reads every Go file of the module but tests, and every template.
func program(t *testing.T) *sources {
	t.Helper()
	src := &sources{files: token.NewFileSet(), strings: map[string]bool{}}
	root := os.DirFS("..")
	err := fs.WalkDir(root, ".", func(path string, d fs.DirEntry, err error) error {
		code := strings.HasSuffix(path, ".go") && !strings.HasSuffix(path, "_test.go")
		page := strings.HasSuffix(path, ".html")
		if err != nil || d.IsDir() || !code && !page {
			return err
		}
		text, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}
		if page {
			src.template(path, string(text))
			return nil
		}
		file, err := parser.ParseFile(src.files, path, text, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, src.visit)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return src
}

// template notes what a template says.
func (s *sources) template(path, text string) {
	for _, said := range inTemplate.FindAllStringSubmatch(text, -1) {
		s.strings[said[1]] = true
		s.uses = append(s.uses, use{at: token.Position{Filename: path}, id: said[1]})
	}
}

func (s *sources) visit(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.BasicLit:
		if text, ok := literal(n); ok {
			s.strings[text] = true
		}
	case *ast.CallExpr:
		s.call(n)
	case *ast.KeyValueExpr:
		s.field(n)
	}
	return true
}

// call notes chat.Say("id", fills…) and chat.Refuse(why, "id", fills…).
func (s *sources) call(c *ast.CallExpr) {
	at, says := map[string]int{"Say": 0, "Refuse": 1}[called(c)]
	if !says || len(c.Args) <= at {
		return
	}
	if u, ok := begins(c.Args[at]); ok {
		u.at = s.files.Position(c.Pos())
		u.fills = fills(c.Args[at+1:], c.Ellipsis.IsValid())
		s.uses = append(s.uses, u)
	}
}

// field notes Label: chat.Say("id") once more, as a label.
func (s *sources) field(f *ast.KeyValueExpr) {
	key, _ := f.Key.(*ast.Ident)
	call, said := f.Value.(*ast.CallExpr)
	if key == nil || key.Name != "Label" || !said || called(call) != "Say" || len(call.Args) == 0 {
		return
	}
	if u, ok := begins(call.Args[0]); ok {
		u.at, u.label = s.files.Position(f.Pos()), true
		s.uses = append(s.uses, u)
	}
}

// called is the function of package chat that is called, there or from elsewhere.
func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		if from, ok := f.X.(*ast.Ident); ok && from.Name == "chat" {
			return f.Sel.Name
		}
	}
	return ""
}

func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

// begins reads an id that is written out, or the beginning of one that is built.
func begins(e ast.Expr) (use, bool) {
	if sum, ok := e.(*ast.BinaryExpr); ok && sum.Op == token.ADD {
		u, ok := begins(sum.X)
		u.prefix = true
		return u, ok
	}
	text, ok := literal(e)
	return use{id: text}, ok
}

// fills are the names of fills that are all written out as chat.Text("name", …).
func fills(args []ast.Expr, spread bool) []string {
	names := []string{}
	for _, arg := range args {
		c, ok := arg.(*ast.CallExpr)
		if !ok || spread || !slices.Contains([]string{"With", "Text", "At", "Count"}, called(c)) {
			return nil
		}
		name, ok := literal(c.Args[0])
		if !ok {
			return nil
		}
		names = append(names, name)
	}
	return names
}

func inEnglish(t *testing.T) map[string]entry {
	t.Helper()
	known := map[string]entry{}
	for _, e := range entries(t) {
		if e.lang == fallback.String() {
			known[e.id] = e
		}
	}
	return known
}

// What the program says is in the catalogue, every gap has its fill, and no fill
// is without a gap.
func TestSaidIsWritten(t *testing.T) {
	known := inEnglish(t)
	for _, u := range program(t).uses {
		if u.label {
			continue // A label is a sentence that was looked at already.
		}
		if err := u.check(known); err != nil {
			t.Errorf("%v: %s: %v", u.at, u.id, err)
		}
	}
}

func (u use) check(known map[string]entry) error {
	if u.prefix {
		for id := range known {
			if strings.HasPrefix(id, u.id) {
				return nil
			}
		}
		return fmt.Errorf("no id of the catalogue begins so")
	}
	e, ok := known[u.id]
	if !ok {
		return fmt.Errorf("is not in the catalogue")
	}
	if u.fills == nil {
		return nil
	}
	for _, gap := range e.gaps() {
		if !slices.Contains(u.fills, gap) {
			return fmt.Errorf("the gap %s of %s has no fill", gap, e.file)
		}
	}
	for _, fill := range u.fills {
		if !slices.Contains(e.gaps(), fill) && !e.plural {
			return fmt.Errorf("the fill %s has no gap in %s", fill, e.file)
		}
	}
	return nil
}

// What is in the catalogue is said somewhere: its id, or how it begins up to a dot,
// is a string of the program. The ids of commands and options are built from theirs.
func TestWrittenIsSaid(t *testing.T) {
	said := program(t).strings
	for id, e := range inEnglish(t) {
		if !isSaid(id, said) {
			t.Errorf("%v: nobody says it", e)
		}
	}
}

func isSaid(id string, said map[string]bool) bool {
	if said[id] {
		return true
	}
	parts := strings.Split(id, ".")
	if parts[0] == "cmd" || parts[0] == "opt" {
		return !slices.ContainsFunc(parts[1:len(parts)-1], func(part string) bool { return !said[part] })
	}
	for i := range parts[1:] {
		if said[strings.Join(parts[:i+1], ".")+"."] {
			return true
		}
	}
	return false
}

// The words on a button fit a phone: 40 runes, a gap not counted.
func TestLabelsFit(t *testing.T) {
	const label = 40
	labels := map[string]bool{}
	for _, u := range program(t).uses {
		if u.label && !u.prefix {
			labels[u.id] = true
		}
	}
	lint(t, func(e entry, text string) error {
		if n := utf8.RuneCountInString(gap.ReplaceAllString(text, "")); labels[e.id] && n > label {
			return fmt.Errorf("is on a button with %d runes; at most %d", n, label)
		}
		return nil
	})
}

func TestUses(t *testing.T) {
	text := `package p
var x = chat.Say("a.saved", chat.Text("title", t), chat.Count("people", n))
var y = Refuse(Invalid, "a.lost")
var z = chat.Offer{Label: chat.Say("a.label")}
var w = chat.Say("day." + name)
var v = chat.Say("a.spread", fills...)
`
	src := &sources{files: token.NewFileSet(), strings: map[string]bool{}}
	file, err := parser.ParseFile(src.files, "p.go", text, 0)
	if err != nil {
		t.Fatal(err)
	}
	ast.Inspect(file, src.visit)
	known := map[string]entry{
		"a.saved": {id: "a.saved", forms: []string{"{{.title}}", "{{.people}} {{.title}}"}, plural: true},
		"a.label": {id: "a.label", forms: []string{"{{.lost}}"}}, "day.monday": {}, "a.spread": {forms: []string{"{{.x}}"}},
	}
	var bad []string
	for _, u := range src.uses {
		if u.label {
			continue
		}
		if err := u.check(known); err != nil {
			bad = append(bad, u.id)
		}
	}
	if want := []string{"a.lost", "a.label"}; !slices.Equal(bad, want) {
		t.Errorf("got %q, want %q", bad, want)
	}
	for id, want := range map[string]bool{"a.saved": true, "day.sunday": true, "a.other": false} {
		if got := isSaid(id, src.strings); got != want {
			t.Errorf("isSaid(%s) = %v, want %v", id, got, want)
		}
	}
}
