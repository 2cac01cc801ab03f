package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/robfig/cron/v3"

	"peerbot/config"
	"peerbot/schedule"
	"peerbot/storage"
)

// backupAge is for how long a copy of the store is kept.
const backupAge = 30 * 24 * time.Hour

// times are when the upkeep runs; nil is never.
type times struct{ purge, compact, backup cron.Schedule }

// upkeepTimes reads the times, on the wall of the community's zone; the error is a
// *config.Problem.
func upkeepTimes(cfg config.Config) (t times, err error) {
	zone := cmp.Or(cfg.Community.Zone, "UTC")
	for _, row := range []struct {
		key, text string
		to        *cron.Schedule
	}{
		{"upkeep.purge", cfg.Upkeep.Purge, &t.purge},
		{"upkeep.compact", cfg.Upkeep.Compact, &t.compact},
		{"upkeep.backup", cfg.Upkeep.Backup, &t.backup},
	} {
		if row.text == "" {
			continue
		}
		if *row.to, err = schedule.Read(row.text, zone); err != nil {
			return t, &config.Problem{Key: row.key, Say: "write a time such as 17 4 * * * (minute, hour, day, month, weekday) or Mondays at 4:17"}
		}
	}
	return t, nil
}

// upkeep tidies up at its times until ctx ends. What fails is logged and tried again
// the next time; nothing a person would notice depends on it.
func (p *program) upkeep(ctx context.Context) error {
	t, err := upkeepTimes(p.cfg)
	if err != nil {
		return err
	}
	c := cron.New()
	for _, job := range []struct {
		name string
		at   cron.Schedule
		do   func(context.Context, time.Time) error
	}{
		{"purge", t.purge, p.purge},
		{"compact", t.compact, p.compact},
		{"backup", t.backup, p.backup},
	} {
		if job.at == nil {
			continue
		}
		c.Schedule(job.at, cron.FuncJob(func() {
			if err := job.do(ctx, now()); err != nil && ctx.Err() == nil {
				p.log.Error("upkeep failed", "job", job.name, "err", err)
			}
		}))
	}
	c.Start()
	<-ctx.Done()
	<-c.Stop().Done()
	return nil
}

// purge removes what has served its time, in steps that fit a transaction.
func (p *program) purge(ctx context.Context, at time.Time) error {
	if err := p.router.Purge(ctx, at); err != nil {
		return err
	}
	for more := true; more; {
		err := p.store.Update(ctx, func(tx storage.Tx) (err error) {
			more, err = p.outbox.Purge(tx, at)
			return err
		})
		if err != nil {
			return fmt.Errorf("purge receipts: %w", err)
		}
	}
	return nil
}

// compact makes the file smaller when more than half of it is free, and clears it
// again of who was erased since yesterday, in case that failed when it was asked for.
func (p *program) compact(ctx context.Context, at time.Time) error {
	if p.store.file == nil {
		return nil
	}
	s, err := p.store.file.Stats()
	if err != nil || !s.Sparse() && !p.store.erasedSince(at.Add(-2*24*time.Hour)) {
		return err
	}
	return p.store.Compact(ctx)
}

// backup copies the store and removes copies that are too old.
func (p *program) backup(ctx context.Context, at time.Time) error {
	folder := p.cfg.Upkeep.BackupFolder
	if folder == "" || p.store.file == nil {
		return nil
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("make the folder for backups: %w", err)
	}
	name := "peerbot-" + at.UTC().Format("20060102-150405") + ".db"
	if err := p.store.file.Backup(ctx, filepath.Join(folder, name)); err != nil {
		return err
	}
	return dropOld(folder, at.Add(-backupAge))
}

// dropOld removes the copies that were made before the time.
func dropOld(folder string, before time.Time) error {
	copies, err := filepath.Glob(filepath.Join(folder, "peerbot-*.db"))
	if err != nil {
		return err
	}
	for _, path := range copies {
		made, err := time.Parse("peerbot-20060102-150405.db", filepath.Base(path))
		if err == nil && made.Before(before) {
			if err := os.Remove(path); err != nil {
				return fmt.Errorf("remove an old backup: %w", err)
			}
		}
	}
	return nil
}
