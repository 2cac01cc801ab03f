package archtest_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// A rule forbids files under From to import what begins with any of To, except
// where the importing or the imported package is under one of Except. Tests may
// import what they need to try a thing out, unless Tests is set.
type rule struct {
	From, To, Except []string
	Tests            bool
	Why              string
}

var rules = []rule{
	{From: []string{"chat"}, To: []string{"peerbot/"}, Except: []string{"peerbot/spoken"},
		Why: "chat is the vocabulary everyone shares; it may know nothing but how times are said"},
	{From: []string{"spoken"}, To: []string{"peerbot/"},
		Why: "spoken is a leaf: it reads words and knows nobody"},
	{From: []string{"storage"}, To: []string{"peerbot/"}, Except: []string{"peerbot/storage"},
		Why: "storage is a leaf: it keeps bytes and knows no record"},
	{From: []string{"schedule"}, To: []string{"peerbot/"}, Except: []string{"peerbot/storage", "peerbot/spoken", "peerbot/schedule"},
		Why: "the agenda knows when and never what or to whom; a plan has no way to send"},
	{From: []string{"outbox"}, To: []string{"peerbot/"}, Except: []string{"peerbot/storage", "peerbot/chat", "peerbot/outbox"},
		Why: "the outbox delivers and never decides; the domain hears from it through Settled alone"},
	{From: []string{"bot"}, To: []string{"peerbot/commands", "peerbot/community", "peerbot/schedule", "peerbot/outbox", "peerbot/interop", "peerbot/site"},
		Why: "the engine knows no feature: a new command must cost nothing here"},
	{From: []string{"commands", "community", "interop"}, To: []string{"peerbot/bot", "peerbot/locales", "peerbot/config"},
		Why: "features name no platform and no language; the engine puts their phrases into words"},
	{From: []string{"community/meeting", "community/mentor", "community/resource", "community/note", "community/crisis"}, To: []string{"peerbot/community/"},
		Except: []string{"peerbot/community/space", "peerbot/community/member"}, // and itself, see allowed
		Why:    "one noun does not know its sibling; what joins them is composed in commands"},
	{From: []string{"community/member"}, To: []string{"peerbot/community/"}, Except: []string{"peerbot/community/member"},
		Why: "every noun may use member, so it knows none of them"},
	{From: []string{"community/space"}, To: []string{"peerbot/community/"}, Except: []string{"peerbot/community/space", "peerbot/community/member"},
		Why: "every noun may use space, so it knows none of them but its members"},
	{From: []string{"site"}, To: []string{"peerbot/bot", "peerbot/commands", "peerbot/locales", "peerbot/config", "peerbot/outbox", "peerbot/schedule"},
		Why: "the site reads the domain and answers; it asks for nothing and sends nothing"},
	{From: []string{"."}, To: []string{"peerbot/cmd"}, Except: []string{"cmd"},
		Why: "cmd wires; nothing may depend on the wiring"},
	{From: []string{"."}, To: []string{"github.com/bwmarrin/discordgo"}, Except: []string{"bot/discord"}, Tests: true,
		Why: "Discord's library stays in Discord's adapter"},
	{From: []string{"."}, To: []string{"github.com/go-telegram/bot"}, Except: []string{"bot/telegram"}, Tests: true,
		Why: "Telegram's library stays in Telegram's adapter"},
	{From: []string{"."}, To: []string{"go.etcd.io/bbolt"}, Except: []string{"storage/bolt"}, Tests: true,
		Why: "the engine of the store can be changed in one folder"},
	{From: []string{"."}, To: []string{"github.com/robfig/cron"}, Except: []string{"schedule", "cmd"}, Tests: true,
		Why: "whatever a person would notice is an Agenda item; cron is the parser and the maintenance clock"},
	{From: []string{"."}, To: []string{"github.com/nicksnyder/go-i18n"}, Except: []string{"locales"}, Tests: true,
		Why: "sentences are put into words in one place"},
}

func (r rule) forbids(file, imported string, test bool) bool {
	if test && !r.Tests {
		return false
	}
	pkg := filepath.ToSlash(filepath.Dir(file))
	return under(pkg, r.From) && prefixed(imported, r.To) &&
		!prefixed(imported, r.Except) && !under(pkg, r.Except) && imported != "peerbot/"+pkg
}

func under(pkg string, roots []string) bool {
	for _, root := range roots {
		if root == "." || pkg == root || strings.HasPrefix(pkg, root+"/") {
			return true
		}
	}
	return false
}

func prefixed(imported string, prefixes []string) bool {
	for _, p := range prefixes {
		if imported == p || strings.HasPrefix(imported, strings.TrimSuffix(p, "/")+"/") {
			return true
		}
	}
	return false
}

func TestEveryImportPointsDown(t *testing.T) {
	for _, file := range goFiles(t) {
		for _, imported := range importsOf(t, file) {
			for _, r := range rules {
				if r.forbids(file, imported, strings.HasSuffix(file, "_test.go")) {
					t.Errorf("%s imports %s: %s", file, imported, r.Why)
				}
			}
		}
	}
}

// TestTheRulesCanFail plants one forbidden import for each rule.
func TestTheRulesCanFail(t *testing.T) {
	for _, r := range rules {
		file := filepath.Join(r.From[0], "planted", "x.go")
		if !r.forbids(file, strings.TrimSuffix(r.To[0], "/")+"/planted2", false) {
			t.Errorf("the rule %q forbids nothing", r.Why)
		}
	}
}

func goFiles(t *testing.T) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") && d.Name() != ".." && path != "../.." {
			return filepath.SkipDir
		}
		if strings.HasSuffix(path, ".go") {
			rel, err := filepath.Rel("../..", path)
			files = append(files, rel)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func importsOf(t *testing.T, file string) []string {
	t.Helper()
	f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("../..", file), nil, parser.ImportsOnly)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, spec := range f.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, path)
	}
	return out
}
