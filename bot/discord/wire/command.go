package wire

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// Types of options, as in
// https://docs.discord.com/developers/interactions/application-commands#application-command-object.
const (
	SubCommand       = 1
	SubCommandGroup  = 2
	StringOption     = 3
	IntegerOption    = 4
	BooleanOption    = 5
	UserOption       = 6
	ChannelOption    = 7
	AttachmentOption = 11
)

// Command is an application command as it is published, and as the API returns it.
// What it returns besides is left out, so that the two can be compared.
type Command struct {
	Name             string            `json:"name"`
	NameIn           map[string]string `json:"name_localizations,omitempty"`
	Description      string            `json:"description"`
	DescriptionIn    map[string]string `json:"description_localizations,omitempty"`
	Options          []Option          `json:"options,omitempty"`
	Permissions      *string           `json:"default_member_permissions,omitempty"` // Permissions are who sees it at first; nil is everybody.
	IntegrationTypes []int             `json:"integration_types,omitempty"`
	Contexts         []int             `json:"contexts,omitempty"`
}

// Option is an option, a subcommand or a group of them.
type Option struct {
	Type          int               `json:"type"`
	Name          string            `json:"name"`
	NameIn        map[string]string `json:"name_localizations,omitempty"`
	Description   string            `json:"description"`
	DescriptionIn map[string]string `json:"description_localizations,omitempty"`
	Required      bool              `json:"required,omitempty"`
	Autocomplete  bool              `json:"autocomplete,omitempty"`
	Choices       []OptionChoice    `json:"choices,omitempty"`
	MinValue      *int              `json:"min_value,omitempty"`
	MaxValue      *int              `json:"max_value,omitempty"`
	Options       []Option          `json:"options,omitempty"`
}

// OptionChoice is one value that an option may take.
type OptionChoice struct {
	Name   string            `json:"name"`
	NameIn map[string]string `json:"name_localizations,omitempty"`
	Value  string            `json:"value"`
}

// Publish replaces the commands of an application, unless it has them already: a
// command that changes is not to be had for a while in some clients.
func (c *Client) Publish(ctx context.Context, app string, commands []Command) error {
	path := "/applications/" + app + "/commands"
	var there []Command
	err := c.Do(ctx, Request{Method: http.MethodGet, Path: path + "?with_localizations=true", Bucket: "read commands"}, &there)
	if err != nil {
		return err
	}
	was, err := canonical(there)
	if err != nil {
		return err
	}
	is, err := canonical(commands)
	if err != nil || bytes.Equal(was, is) {
		return err
	}
	return c.Do(ctx, Request{Method: http.MethodPut, Path: path, Bucket: "write commands", Body: commands}, nil)
}

// canonical is a hash of the commands in the order of their names.
func canonical(commands []Command) ([]byte, error) {
	sorted := slices.SortedFunc(slices.Values(commands), func(a, b Command) int { return strings.Compare(a.Name, b.Name) })
	text, err := json.Marshal(sorted)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(text)
	return sum[:], nil
}
