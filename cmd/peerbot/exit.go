package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"peerbot/config"
	"peerbot/storage"
)

// The exit codes. They are part of the program's promise and do not change.
const (
	exitOK      = 0
	exitFailed  = 1
	exitUsage   = 2
	exitConfig  = 3
	exitInUse   = 4
	exitKey     = 5
	exitNewer   = 6
	exitDisk    = 7
	exitDamaged = 8
)

const exitHelp = `Exit codes:
  0  all went well
  1  something failed; the message says what
  2  the command line cannot be read
  3  the configuration is wrong
  4  another peerbot uses the store
  5  the key of the store is missing or wrong
  6  the store was written by a newer peerbot
  7  the disk is full, or the store cannot be written
  8  the store is damaged`

// usageError is a command line that cannot be read.
type usageError struct{ err error }

func (e usageError) Error() string { return e.err.Error() }

func usage(err error) error { return usageError{err} }

// outcomes joins each kind of failure with its exit code and what to do next.
var outcomes = []struct {
	is   func(error) bool
	code int
	say  string
}{
	{isA[usageError], exitUsage, "Try `peerbot --help`."},
	{isUnknownCommand, exitUsage, "Try `peerbot --help`."},
	{isA[*config.Problem], exitConfig, ""},
	{is(storage.ErrInUse), exitInUse, "Another peerbot uses this store. Stop it first, or give this one a store.path of its own."},
	{is(storage.ErrNoKey), exitKey, "The store is here and its key is not. Put the key file back beside it, or name it with store.key_file. Without the key nobody can read the store."},
	{is(storage.ErrWrongKey), exitKey, "This is not the key of this store. Give the key that was made with it; nothing was changed."},
	{is(storage.ErrNewer), exitNewer, "A newer peerbot wrote this store. Start that version or a later one; nothing was changed."},
	{is(storage.ErrFull), exitDisk, "The disk is full. Make room and start again; what was acknowledged is safe."},
	{is(storage.ErrReadOnly), exitDisk, "The store cannot be written. Check who owns the file and its folder, and whether the disk is read-only."},
	{is(storage.ErrDamaged), exitDamaged, "The store is damaged. Keep the file, put the newest backup in its place and start again."},
	{is(context.Canceled), exitOK, ""},
}

func is(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

func isA[T error](err error) bool {
	var target T
	return errors.As(err, &target)
}

// isUnknownCommand knows cobra's own errors, which have no type.
func isUnknownCommand(err error) bool {
	return slices.ContainsFunc([]string{"unknown command", "accepts ", "required flag"}, func(begin string) bool {
		return strings.HasPrefix(err.Error(), begin)
	})
}

func exitCode(err error) int {
	for _, o := range outcomes {
		if o.is(err) {
			return o.code
		}
	}
	return exitFailed
}

// inWords is the error with what to do next.
func inWords(err error) string {
	for _, o := range outcomes {
		if o.is(err) && o.say != "" {
			return fmt.Sprintf("%v\n%s", err, o.say)
		}
	}
	return err.Error()
}
