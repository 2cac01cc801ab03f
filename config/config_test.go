package config_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"peerbot"
	"peerbot/config"
)

func TestTheExampleHoldsEveryKeyAndItsDefault(t *testing.T) {
	got, err := config.Parse(peerbot.ExampleConfig, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(config.Default(), got); diff != "" {
		t.Errorf("the example does not say the defaults (-default +example):\n%s", diff)
	}
	for _, key := range config.Keys() {
		_, name, _ := strings.Cut(key, ".")
		if !strings.Contains(string(peerbot.ExampleConfig), "\n  "+name+":") {
			t.Errorf("%s is not in the example", key)
		}
	}
}

func TestTheEnvironmentWins(t *testing.T) {
	got, err := config.Parse([]byte("store:\n  path: a.db\n"), []string{"PEERBOT_STORE_PATH=b.db", "HOME=/x"})
	if err != nil || got.Store.Path != "b.db" {
		t.Errorf("got %q, %v", got.Store.Path, err)
	}
}

func TestAFileOfCommentsIsTheDefault(t *testing.T) {
	for _, text := range []string{"", "# nothing\n", "\n\n", "store:\n"} {
		if got, err := config.Parse([]byte(text), nil); err != nil || got != config.Default() {
			t.Errorf("%q: %+v, %v", text, got, err)
		}
	}
}

func TestWhatIsWrongIsSaidWithItsPlace(t *testing.T) {
	for _, test := range []struct {
		name, text   string
		environ      []string
		line, column int
		say          string
	}{
		{"unknown key", "store:\n  path: x\n  pth: y\n", nil, 3, 3, `pth`},
		{"unknown section", "stroe: {}\n", nil, 1, 1, `stroe`},
		{"key twice", "log:\n  level: info\n  level: warn\n", nil, 3, 3, "level"},
		{"not yaml", "store: [\n", nil, 1, 8, ""},
		{"a list for a word", "store:\n  path: [1]\n", nil, 2, 9, ""},
		{"level", "log:\n  level: loud\n", nil, 2, 10, "debug, info, warn or error"},
		{"zone", "community:\n  zone: Mars/Base\n", nil, 2, 9, "America/New_York"},
		{"country", "community:\n  country: usa\n", nil, 2, 12, "two capital letters"},
		{"two keys", "store:\n  key: x\n  key_file: y\n", nil, 2, 8, "not both"},
		{"short key", "store:\n  key: c0ffee\n", nil, 2, 8, "64 hexadecimal digits"},
		{"no path", "store:\n  path: \"\"\n", nil, 2, 9, "such as data/peerbot.db"},
		{"folder without time", "upkeep:\n  backup: \"\"\n  backup_folder: b\n", nil, 2, 11, "7 3 * * *"},
		{"unknown variable", "", []string{"PEERBOT_STORE_PAHT=x"}, 0, 0, "no such setting"},
		{"unreadable variable", "", []string{"PEERBOT_CONSOLE_ENABLED=perhaps"}, 0, 0, "environment"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := config.Parse([]byte(test.text), test.environ)
			var p *config.Problem
			if !errors.As(err, &p) {
				t.Fatalf("got %v", err)
			}
			if p.Line != test.line || p.Column != test.column || !strings.Contains(p.Error(), test.say) {
				t.Errorf("got line %d, column %d: %s", p.Line, p.Column, p)
			}
		})
	}
}

func TestAMissingFileSaysWhatToDo(t *testing.T) {
	_, err := config.Load(filepath.Join(t.TempDir(), "none.yaml"), nil)
	if err == nil || !strings.Contains(err.Error(), "peerbot config example") {
		t.Errorf("got %v", err)
	}
}

func TestAProblemNamesItsFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "c.yaml")
	if err := os.WriteFile(path, []byte("log:\n  colour: red\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Load(path, nil); err == nil || !strings.HasPrefix(err.Error(), path+": line 2, column 3: ") {
		t.Errorf("got %v", err)
	}
}

func TestASecretIsNeverShown(t *testing.T) {
	s := struct{ Key config.Secret }{"canary"}
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	for _, shown := range []string{string(text), fmt.Sprint(s), fmt.Sprintf("%v %+v %#v %s %q", s, s, s, s.Key, s.Key)} {
		if strings.Contains(shown, "canary") {
			t.Errorf("shown: %s", shown)
		}
	}
}
