// Package peerbot holds what belongs to the program as a whole: the example
// configuration, which is also its manual.
package peerbot

import _ "embed"

// ExampleConfig is config.example.yaml: every setting, its default, and when to change it.
//
//go:embed config.example.yaml
var ExampleConfig []byte
