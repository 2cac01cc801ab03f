package config

import (
	"encoding/hex"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"peerbot/spoken"
)

// check says what is wrong with the values and with their combinations.
func (c Config) check() error {
	for _, check := range []func(Config) *Problem{checkStore, checkCommunity, checkTokens, checkAddresses, checkWebhook, checkSite, checkLog, checkUpkeep} {
		if p := check(c); p != nil {
			return p
		}
	}
	return nil
}

func checkStore(c Config) *Problem {
	if c.Store.Path == "" {
		return &Problem{Key: "store.path", Say: "say in which file the bot keeps its memory, such as data/peerbot.db"}
	}
	if c.Store.Key == "" {
		return nil
	}
	if c.Store.KeyFile != "" {
		return &Problem{Key: "store.key", Say: "give either store.key or store.key_file, not both"}
	}
	if key, err := hex.DecodeString(string(c.Store.Key)); err != nil || len(key) != 32 {
		return &Problem{Key: "store.key", Say: "a key is 64 hexadecimal digits; copy the line of the key file whole"}
	}
	return nil
}

func checkCommunity(c Config) *Problem {
	if c.Community.Zone != "" {
		if _, err := spoken.LoadZone(c.Community.Zone); err != nil {
			return &Problem{Key: "community.zone", Say: "that is no time zone; write one such as America/New_York or Europe/Madrid"}
		}
	}
	if n := len(c.Community.Country); n != 0 && n != 2 || c.Community.Country != strings.ToUpper(c.Community.Country) {
		return &Problem{Key: "community.country", Say: "write the two capital letters of a country, such as US or GB, or leave it empty"}
	}
	if c.Community.Language == "" {
		return &Problem{Key: "community.language", Say: "write a language, such as en or es"}
	}
	return nil
}

// token is any that was copied whole: no space, no quote, no line break. Whether the
// platform takes it, only the platform can say.
var token = regexp.MustCompile(`^[A-Za-z0-9._:-]+$`)

func checkTokens(c Config) *Problem {
	if t := c.Discord.Token; t != "" && !token.MatchString(string(t)) {
		return &Problem{Key: "discord.token", Say: "that is no token; copy it whole from the page Bot of your application at https://discord.com/developers/applications"}
	}
	if t := c.Telegram.Token; t != "" && !token.MatchString(string(t)) {
		return &Problem{Key: "telegram.token", Say: "that is no token; copy it whole from what @BotFather wrote to you, as in 123456:ABC-DEF"}
	}
	return nil
}

func checkAddresses(c Config) *Problem {
	for _, a := range []struct{ key, address, usual string }{
		{"discord.api_url", c.Discord.APIURL, Default().Discord.APIURL},
		{"telegram.api_url", c.Telegram.APIURL, Default().Telegram.APIURL},
	} {
		u, err := url.Parse(a.address)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" {
			return &Problem{Key: a.key, Say: "write an address such as " + a.usual}
		}
	}
	return nil
}

// secretive is what Telegram takes as a webhook's secret:
// https://core.telegram.org/bots/api#setwebhook
var secretive = regexp.MustCompile(`^[A-Za-z0-9_-]{16,256}$`)

func checkWebhook(c Config) *Problem {
	t := c.Telegram
	if t.WebhookURL == "" && t.WebhookListen == "" {
		return nil
	}
	if _, _, err := net.SplitHostPort(t.WebhookListen); err != nil {
		return &Problem{Key: "telegram.webhook_listen", Say: "say where the bot listens, such as 127.0.0.1:8443; telegram.webhook_url needs it"}
	}
	if u, err := url.Parse(t.WebhookURL); err != nil || u.Scheme != "https" || u.Host == "" {
		return &Problem{Key: "telegram.webhook_url", Say: "write the public address that leads to telegram.webhook_listen, such as https://bot.example.org/telegram"}
	}
	if !secretive.MatchString(string(t.WebhookSecret)) {
		return &Problem{Key: "telegram.webhook_secret", Say: "write 16 to 256 letters, digits, _ and -, which nobody can guess"}
	}
	return nil
}

// checkSite checks what stands at public addresses. Who tries it out on their own
// computer does without encryption.
func checkSite(c Config) *Problem {
	s := c.Site
	if s.Listen == "" && s.URL == "" && !s.Public {
		return nil
	}
	if _, _, err := net.SplitHostPort(s.Listen); err != nil {
		return &Problem{Key: "site.listen", Say: "say where the bot listens, such as 127.0.0.1:8480; the other settings of site need it"}
	}
	u, err := url.Parse(s.URL)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Trim(u.Path, "/") != "" ||
		u.Scheme != "https" && !(u.Scheme == "http" && ownComputer(u.Hostname())) {
		return &Problem{Key: "site.url", Say: "write the public address that leads to site.listen, such as https://meetings.example.org"}
	}
	return nil
}

func ownComputer(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func checkLog(c Config) *Problem {
	if !slices.Contains([]string{"debug", "info", "warn", "error"}, c.Log.Level) {
		return &Problem{Key: "log.level", Say: "write debug, info, warn or error"}
	}
	if !slices.Contains([]string{"text", "json"}, c.Log.Format) {
		return &Problem{Key: "log.format", Say: "write text or json"}
	}
	return nil
}

func checkUpkeep(c Config) *Problem {
	if c.Upkeep.BackupFolder != "" && c.Upkeep.Backup == "" {
		return &Problem{Key: "upkeep.backup", Say: "there is a folder for backups and no time for them; write one such as 7 3 * * *"}
	}
	return nil
}
