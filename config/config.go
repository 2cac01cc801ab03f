// Package config reads how an install is set up: a strict file, the environment
// over it, and secrets from files. Every key has one row in this package, one
// entry in config.example.yaml and one environment variable.
//
// It opens no store and connects to nothing. What a community chooses for itself
// is said in the chat and is not here.
package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/caarlos0/env/v11"
	"github.com/goccy/go-yaml"
)

// Prefix begins the name of every environment variable: store.path is PEERBOT_STORE_PATH.
const Prefix = "PEERBOT_"

// Config is a whole set-up.
type Config struct {
	Store     Store     `yaml:"store" envPrefix:"STORE_"`
	Community Community `yaml:"community" envPrefix:"COMMUNITY_"`
	Discord   Discord   `yaml:"discord" envPrefix:"DISCORD_"`
	Telegram  Telegram  `yaml:"telegram" envPrefix:"TELEGRAM_"`
	Console   Console   `yaml:"console" envPrefix:"CONSOLE_"`
	Site      Site      `yaml:"site" envPrefix:"SITE_"`
	Feeds     Feeds     `yaml:"feeds" envPrefix:"FEEDS_"`
	Upkeep    Upkeep    `yaml:"upkeep" envPrefix:"UPKEEP_"`
	Log       Log       `yaml:"log" envPrefix:"LOG_"`
}

// Store says where the bot keeps what it must remember, and the key that seals it.
type Store struct {
	Path    string `yaml:"path" env:"PATH"`
	Key     Secret `yaml:"key" env:"KEY"`
	KeyFile string `yaml:"key_file" env:"KEY_FILE"`
}

// Community is what a community starts with until it says otherwise in the chat.
type Community struct {
	Zone     string `yaml:"zone" env:"ZONE"`
	Language string `yaml:"language" env:"LANGUAGE"`
	Country  string `yaml:"country" env:"COUNTRY"`
}

// Discord is the platform of that name. It is connected where there is a token.
type Discord struct {
	Token     Secret `yaml:"token" env:"TOKEN"`
	TokenFile string `yaml:"token_file" env:"TOKEN_FILE"`
	APIURL    string `yaml:"api_url" env:"API_URL"`
}

// Telegram is the platform of that name. It is connected where there is a token.
type Telegram struct {
	Token             Secret `yaml:"token" env:"TOKEN"`
	TokenFile         string `yaml:"token_file" env:"TOKEN_FILE"`
	APIURL            string `yaml:"api_url" env:"API_URL"`
	WebhookURL        string `yaml:"webhook_url" env:"WEBHOOK_URL"`
	WebhookListen     string `yaml:"webhook_listen" env:"WEBHOOK_LISTEN"`
	WebhookSecret     Secret `yaml:"webhook_secret" env:"WEBHOOK_SECRET"`
	WebhookSecretFile string `yaml:"webhook_secret_file" env:"WEBHOOK_SECRET_FILE"`
}

// Console is the platform on standard input and output.
type Console struct {
	Enabled bool   `yaml:"enabled" env:"ENABLED"`
	You     string `yaml:"you" env:"YOU"`
	Files   string `yaml:"files" env:"FILES"`
}

// Site is what can be read from outside the chat: calendars and public pages. It is
// served where there is a Listen.
type Site struct {
	Listen string `yaml:"listen" env:"LISTEN"`
	URL    string `yaml:"url" env:"URL"`
	Public bool   `yaml:"public" env:"PUBLIC"`
}

// Feeds are lists of meetings on the web.
type Feeds struct {
	Refresh bool `yaml:"refresh" env:"REFRESH"`
}

// Upkeep says when the bot tidies up. Times are cron
// expressions, or words such as "Mondays at 4:17", in the community's zone, else UTC.
type Upkeep struct {
	Purge        string `yaml:"purge" env:"PURGE"`
	Compact      string `yaml:"compact" env:"COMPACT"`
	Backup       string `yaml:"backup" env:"BACKUP"`
	BackupFolder string `yaml:"backup_folder" env:"BACKUP_FOLDER"`
}

// Log says what is logged, and how.
type Log struct {
	Level  string `yaml:"level" env:"LEVEL"`
	Format string `yaml:"format" env:"FORMAT"`
}

// Default is what holds for every key that nobody sets.
func Default() Config {
	return Config{
		Store:     Store{Path: filepath.Join("data", "peerbot.db")},
		Community: Community{Language: "en"},
		Discord:   Discord{APIURL: "https://discord.com"},
		Telegram:  Telegram{APIURL: "https://api.telegram.org"},
		Console:   Console{Enabled: true, You: "you+host in #general", Files: "."},
		Upkeep:    Upkeep{Purge: "17 4 * * *", Compact: "47 4 * * *", Backup: "7 3 * * *"},
		Log:       Log{Level: "info", Format: "text"},
	}
}

// Problem is one thing that is wrong with a configuration, said to the person who
// wrote it.
type Problem struct {
	File         string
	Line, Column int    // Line and Column begin at 1; 0 when it is not in the file.
	Key          string // Key is such as "store.path".
	Say          string
}

func (p *Problem) Error() string {
	var b strings.Builder
	if p.File != "" {
		fmt.Fprintf(&b, "%s: ", p.File)
	}
	if p.Line > 0 {
		fmt.Fprintf(&b, "line %d, column %d: ", p.Line, p.Column)
	}
	if p.Key != "" {
		fmt.Fprintf(&b, "%s: ", p.Key)
	}
	return b.String() + p.Say
}

// Load reads the file, then the environment over it, and checks the whole. An empty path is no file: defaults and environment alone. The
// error is a *Problem.
func Load(path string, environ []string) (Config, error) {
	var text []byte
	if path != "" {
		var err error
		if text, err = os.ReadFile(path); err != nil {
			return Config{}, &Problem{File: path, Say: unreadable(err)}
		}
	}
	c, err := Parse(text, environ)
	if p := (*Problem)(nil); errors.As(err, &p) && p.Line > 0 {
		p.File = path
	}
	return c, err
}

func unreadable(err error) string {
	if errors.Is(err, os.ErrNotExist) {
		return "there is no such file; write one with `peerbot config example`"
	}
	return "it cannot be read: " + errors.Unwrap(err).Error()
}

// Parse is Load for a file that is already read. Secrets that it names other files for
// are read from there.
func Parse(text []byte, environ []string) (Config, error) {
	c := Default()
	if err := decode(text, &c); err != nil {
		return Config{}, err
	}
	if err := fromEnviron(environ, &c); err != nil {
		return Config{}, err
	}
	for _, step := range []func() error{c.readSecrets, c.check} {
		if err := step(); err != nil {
			return Config{}, locate(text, err)
		}
	}
	return c, nil
}

func decode(text []byte, c *Config) error {
	var said map[string]any
	err := yaml.Unmarshal(text, &said)
	if err == nil && len(said) == 0 { // Nothing but comments: the defaults stay.
		return nil
	}
	if err == nil {
		err = yaml.UnmarshalWithOptions(text, c, yaml.Strict())
	}
	var wrong yaml.Error
	if errors.As(err, &wrong) && wrong.GetToken() != nil {
		at := wrong.GetToken().Position
		return &Problem{Line: at.Line, Column: at.Column, Say: wrong.GetMessage()}
	}
	if err != nil {
		return &Problem{Say: err.Error()}
	}
	return nil
}

func fromEnviron(environ []string, c *Config) error {
	vars := env.ToMap(environ)
	for name := range vars {
		if strings.HasPrefix(name, Prefix) && !known(name) {
			return &Problem{Key: name, Say: "there is no such setting; `peerbot config example` lists them all"}
		}
	}
	if err := env.ParseWithOptions(c, env.Options{Environment: vars, Prefix: Prefix}); err != nil {
		return &Problem{Say: "a variable of the environment cannot be read; " + err.Error()}
	}
	return nil
}

// Keys lists every setting, such as "store.path".
func Keys() []string {
	fields, err := env.GetFieldParams(&Config{})
	if err != nil {
		return nil
	}
	keys := make([]string, len(fields))
	for i, f := range fields {
		section, key, _ := strings.Cut(strings.ToLower(f.Key), "_")
		keys[i] = section + "." + key
	}
	return keys
}

func known(variable string) bool {
	for _, key := range Keys() {
		if Prefix+strings.ToUpper(strings.ReplaceAll(key, ".", "_")) == variable {
			return true
		}
	}
	return false
}

// locate adds the place in the file to a Problem that names a key.
func locate(text []byte, err error) error {
	p := (*Problem)(nil)
	if !errors.As(err, &p) || p.Key == "" {
		return err
	}
	path, bad := yaml.PathString("$." + p.Key)
	if bad != nil {
		return err
	}
	node, bad := path.ReadNode(strings.NewReader(string(text)))
	if bad == nil && node != nil && node.GetToken() != nil {
		p.Line, p.Column = node.GetToken().Position.Line, node.GetToken().Position.Column
	}
	return p
}
