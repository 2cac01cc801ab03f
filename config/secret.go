package config

import (
	"os"
	"strings"
)

// Secret is a value that must not be seen. However it is printed, it shows as ***;
// only a conversion to string reveals it.
type Secret string

const hidden = "***"

// String hides the value; so do the other ways of printing.
func (s Secret) String() string { return hidden }

// GoString hides the value from %#v.
func (s Secret) GoString() string { return hidden }

// MarshalText hides the value from JSON, YAML and slog.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// Secrets are all the values of the configuration that must not be seen and are there.
func (c Config) Secrets() (all []string) {
	for _, s := range []Secret{c.Store.Key, c.Discord.Token, c.Telegram.Token, c.Telegram.WebhookSecret} {
		if s != "" {
			all = append(all, string(s))
		}
	}
	return all
}

// readSecrets reads each secret that is in a file of its own. store.key_file is left
// to whoever opens the store, who makes it where there is none.
func (c *Config) readSecrets() error {
	for _, s := range []struct {
		key, file string
		to        *Secret
	}{
		{"discord.token", c.Discord.TokenFile, &c.Discord.Token},
		{"telegram.token", c.Telegram.TokenFile, &c.Telegram.Token},
		{"telegram.webhook_secret", c.Telegram.WebhookSecretFile, &c.Telegram.WebhookSecret},
	} {
		if s.file == "" {
			continue
		}
		if *s.to != "" {
			return &Problem{Key: s.key, Say: "give either " + s.key + " or " + s.key + "_file, not both"}
		}
		text, err := os.ReadFile(s.file)
		if err != nil {
			return &Problem{Key: s.key + "_file", Say: "the file cannot be read; check its name and who may read it"}
		}
		if *s.to = Secret(strings.TrimSpace(string(text))); *s.to == "" {
			return &Problem{Key: s.key + "_file", Say: "the file is empty; it has to hold the secret and nothing else"}
		}
	}
	return nil
}
