package config

import (
	"encoding/hex"
	"slices"
	"strings"

	"peerbot/spoken"
)

// check says what is wrong with the values and with their combinations.
func (c Config) check() error {
	for _, check := range []func(Config) *Problem{checkStore, checkCommunity, checkLog, checkUpkeep} {
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
