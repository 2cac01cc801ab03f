package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"peerbot"
	"peerbot/config"
)

func configCommand(t terminal) *cobra.Command {
	c := &cobra.Command{Use: "config", Short: "Print an example configuration, or check yours"}
	c.AddCommand(
		&cobra.Command{
			Use: "example", Short: "Print a configuration with every setting explained", Args: cobra.NoArgs,
			RunE: func(c *cobra.Command, _ []string) error {
				_, err := c.OutOrStdout().Write(peerbot.ExampleConfig)
				return err
			},
		},
		&cobra.Command{
			Use: "check [FILE]", Short: "Check a configuration and say what is wrong with it", Args: cobra.MaximumNArgs(1),
			RunE: func(c *cobra.Command, args []string) error {
				if len(args) == 1 {
					if err := c.Flags().Set("config", args[0]); err != nil {
						return err
					}
				}
				if _, err := loadConfig(c, t); err != nil {
					return err
				}
				fmt.Fprintln(c.OutOrStdout(), "The configuration is right.")
				return nil
			},
		},
	)
	return c
}

// loadConfig reads the configuration that the flags name, and checks what only the
// whole program can check.
func loadConfig(c *cobra.Command, t terminal) (config.Config, error) {
	path, err := c.Flags().GetString("config")
	if err != nil {
		return config.Config{}, err
	}
	cfg, err := config.Load(path, t.Environ)
	if err != nil {
		return config.Config{}, err
	}
	t.hide(cfg.Secrets()...)
	_, err = upkeepTimes(cfg)
	return cfg, err
}
