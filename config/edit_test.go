package config_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"peerbot"
	"peerbot/config"
)

func TestSet(t *testing.T) {
	for _, test := range []struct{ name, text, key, value, want string }{
		{"an empty file", "", "discord.token", "a.b", "discord:\n  token: \"a.b\"\n"},
		{"a setting that is there", "# mine\nlog:\n  # how much\n  level: info # enough\n  format: text\n", "log.level", "warn", "# mine\nlog:\n  # how much\n  level: \"warn\"\n  format: text\n"},
		{"a setting that is not", "discord:\n    token_file: x\nlog:\n  level: info\n", "discord.token", "t", "discord:\n    token: \"t\"\n    token_file: x\nlog:\n  level: info\n"},
		{"a section that is not", "log:\n  level: info\n", "store.path", "a \"b\".db", "log:\n  level: info\n\nstore:\n  path: \"a \\\"b\\\".db\"\n"},
		{"the same name elsewhere", "telegram:\n  token: x\ndiscord: # soon\n", "discord.token", "y", "telegram:\n  token: x\ndiscord: # soon\n  token: \"y\"\n"},
		{"yes or no", "console:\n  enabled: true\n", "console.enabled", "false", "console:\n  enabled: false\n"},
	} {
		got, err := config.Set([]byte(test.text), test.key, test.value)
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		if diff := cmp.Diff(test.want, string(got)); diff != "" {
			t.Errorf("%s:\n%s", test.name, diff)
		}
	}
}

func TestSetLeavesWhatItDoesNotKnow(t *testing.T) {
	for _, text := range []string{"discord: {token: x}\n", "discord:\n  ? token\n  : x\n", "[", "discord:\n  token: |\n    x\n    y\n"} {
		if got, err := config.Set([]byte(text), "discord.token", "y"); !errors.Is(err, config.ErrEdit) {
			t.Errorf("%q became %q, %v", text, got, err)
		}
	}
}

// TestSetInTheExample sets a few settings to anything, and reads them back.
func TestSetInTheExample(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text, want := peerbot.ExampleConfig, config.Default()
		for key, field := range map[string]*string{"community.country": nil, "store.path": &want.Store.Path, "upkeep.backup_folder": &want.Upkeep.BackupFolder, "console.you": &want.Console.You} {
			value := "GB"
			if field != nil {
				value = rapid.StringMatching(`[ -~é中😀]{1,30}`).Filter(func(s string) bool { return strings.TrimSpace(s) != "" }).Draw(t, key)
				*field = value
			}
			var err error
			if text, err = config.Set(text, key, value); err != nil {
				t.Fatal(err)
			}
		}
		want.Community.Country = "GB"
		got, err := config.Parse(text, nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Error(diff)
		}
	})
}
