package config_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
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
		{"two tokens", "discord:\n  token: x\n  token_file: y\n", nil, 2, 10, "not both"},
		{"half a token", "telegram:\n  token: \"12: 34\"\n", nil, 2, 10, "@BotFather"},
		{"a token in brackets", "discord:\n  token: <abc>\n", nil, 2, 10, "discord.com/developers"},
		{"no such token file", "discord:\n  token_file: /no/such/file\n", nil, 2, 15, "cannot be read"},
		{"no address", "discord:\n  api_url: discord\n", nil, 2, 12, "such as https://discord.com"},
		{"an address with a user", "telegram:\n  api_url: https://a:b@c\n", nil, 2, 12, "such as https://api.telegram.org"},
		{"webhook without listening", "telegram:\n  webhook_url: https://b.example.org\n", nil, 0, 0, "127.0.0.1:8443"},
		{"webhook without an address", "telegram:\n  webhook_listen: :8443\n", nil, 0, 0, "https://bot.example.org"},
		{"webhook in the clear", "telegram:\n  webhook_listen: :8443\n  webhook_url: http://b.example.org\n", nil, 3, 16, "https://bot.example.org"},
		{"webhook without a secret", "telegram:\n  webhook_listen: :8443\n  webhook_url: https://b.example.org\n  webhook_secret: short\n", nil, 4, 19, "nobody can guess"},
		{"site without listening", "site:\n  url: https://b.example.org\n", nil, 0, 0, "127.0.0.1:8480"},
		{"public pages without a site", "site:\n  public: true\n", nil, 0, 0, "127.0.0.1:8480"},
		{"site without an address", "site:\n  listen: :8480\n", nil, 0, 0, "https://meetings.example.org"},
		{"site in the clear", "site:\n  listen: :8480\n  url: http://b.example.org\n", nil, 3, 8, "https://meetings.example.org"},
		{"site in a folder", "site:\n  listen: :8480\n  url: https://b.example.org/bot\n", nil, 3, 8, "https://meetings.example.org"},
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

func TestASecretMayLieInAFileOfItsOwn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(path, []byte(" 12:ab \n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := config.Parse([]byte("discord:\n  token_file: "+path+"\n"), []string{"PEERBOT_TELEGRAM_TOKEN_FILE=" + path})
	if err != nil || got.Discord.Token != "12:ab" || got.Telegram.Token != "12:ab" {
		t.Errorf("got %v, %v", got.Secrets(), err)
	}
	if err := os.WriteFile(path, []byte("\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := config.Parse([]byte("discord:\n  token_file: "+path+"\n"), nil); err == nil || !strings.Contains(err.Error(), "is empty") {
		t.Errorf("got %v", err)
	}
}

// TestSecretsAreAllOfThem fills in every Secret that there is.
func TestSecretsAreAllOfThem(t *testing.T) {
	var c config.Config
	n := 0
	for section := range reflect.ValueOf(&c).Elem().NumField() {
		v := reflect.ValueOf(&c).Elem().Field(section)
		for i := range v.NumField() {
			if s, ok := v.Field(i).Addr().Interface().(*config.Secret); ok {
				n++
				*s = config.Secret(fmt.Sprint("canary ", n))
			}
		}
	}
	if got := c.Secrets(); n < 4 || len(got) != n {
		t.Errorf("%d secrets are filled in, and these are known: %q", n, got)
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
