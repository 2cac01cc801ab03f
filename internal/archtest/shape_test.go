package archtest_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// clocks are where the wall clock may be read; everything else is told the time.
var clocks = []string{"cmd", "bot", "schedule", "outbox", "internal/clock"}

func TestTimeIsAnArgument(t *testing.T) {
	forEachCall(t, func(file, pkg, name string, pos token.Position) {
		if pkg == "time" && (name == "Now" || name == "Since" || name == "Until") && !under(filepath.Dir(file), clocks) {
			t.Errorf("%s:%d reads the clock: the time is an argument here, so that a test can choose it", file, pos.Line)
		}
	})
}

func TestNoContextIsMadeBelowCmd(t *testing.T) {
	forEachCall(t, func(file, pkg, name string, pos token.Position) {
		if pkg == "context" && (name == "Background" || name == "TODO") && !under(filepath.Dir(file), []string{"cmd"}) {
			t.Errorf("%s:%d makes a context: it could not be cancelled from cmd", file, pos.Line)
		}
	})
}

func TestEveryPackageSaysWhatItIsFor(t *testing.T) {
	said := map[string]bool{}
	for _, file := range goFiles(t) {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("../..", file), nil, parser.ParseComments|parser.PackageClauseOnly)
		if err != nil {
			t.Fatal(err)
		}
		dir := filepath.Dir(file)
		said[dir] = said[dir] || f.Doc != nil
	}
	for dir, ok := range said {
		if !ok {
			t.Errorf("package %s does not begin by saying what it is for", dir)
		}
	}
}

// ceiling is the most lines that the engine may have while it is larger than what it
// carries. It is only ever lowered; once commands and community are larger, they are
// the bound.
const ceiling = 6600

// TestTheEngineStaysSmall: the engine may not outgrow what it carries. Stores and
// platforms are plugged in and are not counted.
func TestTheEngineStaysSmall(t *testing.T) {
	engine := lines(t, "chat", "bot", "storage", "schedule", "outbox") - lines(t, "bot/console", "bot/discord", "bot/telegram", "bot/web", "storage/bolt", "storage/mem")
	features := lines(t, "commands", "community")
	t.Logf("engine %d lines, commands and community %d", engine, features)
	if engine > max(features, ceiling) {
		t.Errorf("the engine has %d lines and the features %d: nothing enters the engine before a second command or platform needs it", engine, features)
	}
}

// lines counts the lines of code below the folders, tests and suites aside.
func lines(t *testing.T, dirs ...string) int {
	t.Helper()
	n := 0
	for _, file := range goFiles(t) {
		if strings.HasSuffix(file, "_test.go") || strings.Contains(file, "test/") || !under(filepath.Dir(file), dirs) {
			continue
		}
		text, err := os.ReadFile(filepath.Join("../..", file))
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "//") {
				n++
			}
		}
	}
	return n
}

func forEachCall(t *testing.T, visit func(file, pkg, name string, pos token.Position)) {
	t.Helper()
	for _, file := range goFiles(t) {
		if strings.HasSuffix(file, "_test.go") || strings.Contains(file, "test/") {
			continue
		}
		set := token.NewFileSet()
		f, err := parser.ParseFile(set, filepath.Join("../..", file), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if pkg, ok := sel.X.(*ast.Ident); ok {
					visit(file, pkg.Name, sel.Sel.Name, set.Position(sel.Pos()))
				}
			}
			return true
		})
	}
}
