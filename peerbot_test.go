package peerbot_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestREADME follows the README as a newcomer would, but for the commands that
// TestScripts plays at length.
func TestREADME(t *testing.T) {
	readme := read(t, "README.md")
	t.Run("the first commands are the demo, the next the tests", func(t *testing.T) {
		got := commandLines(readme)[:3]
		if got[0] != "go run ./cmd/peerbot demo" || got[1] != got[0]+" --terminal" || got[2] != "go test ./..." {
			t.Errorf("got %q", got)
		}
	})
	t.Run("the script is one that runs", func(t *testing.T) {
		for _, line := range block(t, readme, "ana+host #general:") {
			if !strings.Contains(read(t, "cmd/peerbot/testdata/script/readme.txtar"), line) {
				t.Errorf("the README has a line that no test plays: %s", line)
			}
		}
	})
	t.Run("the flyer is one that runs", func(t *testing.T) {
		flyer := strings.Join(block(t, readme, "Virtual Peer Support"), "\n")
		if !strings.Contains(read(t, "cmd/peerbot/testdata/script/readme.txtar"), flyer) {
			t.Error("the README's flyer is not the one that is tested")
		}
	})
}

// TestTheBuildLinesOfTheREADME runs the four lines of "Run it" but the last, which
// would serve until it is stopped.
func TestTheBuildLinesOfTheREADME(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	for _, line := range block(t, read(t, "README.md"), "go build") {
		words := strings.Fields(strings.ReplaceAll(line, "./peerbot", filepath.Join(folder, "peerbot")))
		switch {
		case words[0] == "go":
			words[3] = filepath.Join(folder, "peerbot")
		case words[1] == "run":
			words = []string{words[0], "console", "--config", filepath.Join(folder, "peerbot.yaml")}
		}
		line = strings.Replace(strings.Join(words, " "), "peerbot.yaml", filepath.Join(folder, "peerbot.yaml"), 1)
		line = strings.Replace(line, folder+"/"+folder, folder, 1)
		c := exec.CommandContext(context.Background(), "sh", "-c", line)
		c.Dir, c.Env = here, append(os.Environ(), "PEERBOT_STORE_PATH="+filepath.Join(folder, "home", "peerbot.db"))
		if out, err := c.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", line, err, out)
		}
	}
}

// TestOperating: TestScripts plays every line that docs/operating.md has somebody type,
// but for the one that builds the program, which the README has too.
func TestOperating(t *testing.T) {
	played := read(t, "cmd/peerbot/testdata/script/operating.txtar") + strings.Join(block(t, read(t, "README.md"), "go build"), "\n") + "\n"
	lines := 0
	for _, b := range blocks(read(t, "docs/operating.md")) {
		for _, line := range b {
			lines++
			if line = strings.TrimSpace(line); !strings.Contains(played, line+"\n") {
				t.Errorf("docs/operating.md has a line that no test plays: %s", line)
			}
		}
	}
	if lines < 10 {
		t.Errorf("only %d lines were found", lines)
	}
}

// TestEveryLinkLeadsSomewhere: what the documents point at is there.
func TestEveryLinkLeadsSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]+)\)`)
	for _, file := range markdown(t) {
		for _, m := range link.FindAllStringSubmatch(read(t, file), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(file), m[1])); err != nil {
				t.Errorf("%s points at %s, which is not there", file, m[1])
			}
		}
	}
}

// TestEveryDependencyIsExplained: docs/dependencies.md has a line for each direct one,
// and for no other.
func TestEveryDependencyIsExplained(t *testing.T) {
	explained := read(t, "docs/dependencies.md")
	direct := map[string]bool{}
	for line := range strings.Lines(read(t, "go.mod")) {
		fields := strings.Fields(strings.TrimPrefix(strings.TrimSpace(line), "require "))
		if len(fields) >= 2 && strings.HasPrefix(fields[1], "v") && !strings.Contains(line, "// indirect") {
			direct[fields[0]] = true
			if !strings.Contains(explained, "| "+fields[0]+" |") {
				t.Errorf("%s has no line in docs/dependencies.md", fields[0])
			}
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^\| (\S+\.\S+/\S+) \|`).FindAllStringSubmatch(explained, -1) {
		if !direct[m[1]] {
			t.Errorf("docs/dependencies.md explains %s, which go.mod does not need", m[1])
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func markdown(t *testing.T) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"*.md", "docs/*.md", "docs/adr/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	return files
}

// blocks are the indented blocks of a Markdown text, each as its lines.
func blocks(text string) [][]string {
	var all [][]string
	inside := false
	for line := range strings.Lines(text) {
		code, ok := strings.CutPrefix(strings.TrimRight(line, "\n"), "    ")
		if ok && !inside {
			all = append(all, nil)
		}
		if ok {
			all[len(all)-1] = append(all[len(all)-1], code)
		}
		inside = ok
	}
	return all
}

// block is the first block whose first line begins so.
func block(t *testing.T, text, begins string) []string {
	t.Helper()
	for _, b := range blocks(text) {
		if strings.HasPrefix(b[0], begins) {
			return b
		}
	}
	t.Fatalf("no block begins with %q", begins)
	return nil
}

// commandLines are the lines of blocks that begin with "go ".
func commandLines(text string) []string {
	var lines []string
	for _, b := range blocks(text) {
		for _, line := range b {
			if strings.HasPrefix(line, "go ") {
				lines = append(lines, line)
			}
		}
	}
	return lines
}
