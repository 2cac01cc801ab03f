package outbox

import (
	"cmp"
	"slices"
	"time"

	"peerbot/storage"
)

// A room for which more waits than for others is done last, however early it comes in
// between: it takes one letter after each gap. So the pump looks for such rooms, and in
// their line of the queue they come first, as often as they are free.
const (
	farthest = 5_000 // farthest is how many letters of the queue it looks through,
	hottest  = 64    // hottest is how many rooms of a line may come first.
)

// survey finds the hot rooms, where rooms have a gap at all: at most once a second, and
// sooner again the less there was to look through, as in the moment when many letters
// are being posted.
func (p *pump) survey(r storage.Reader, now time.Time) error {
	if _, paced := p.to.(Pacer); !paced || now.Before(p.surveys) {
		return nil
	}
	p.surveys, p.hot = now.Add(time.Second), map[string][]string{}
	waiting, seen := map[string]int{}, 0
	for f, err := range p.letters.Range(r, byPlace, "", "") {
		if err != nil {
			return err
		}
		at, err := readPlace(f.Under)
		if err != nil {
			return err
		}
		room := at.upToRoom()
		if waiting[room]++; waiting[room] == 2 {
			p.hot[at.line()] = append(p.hot[at.line()], room)
		}
		if seen++; seen == farthest {
			break
		}
	}
	p.surveys = now.Add(time.Duration(seen) * time.Second / farthest)
	for line, rooms := range p.hot {
		slices.SortFunc(rooms, func(a, b string) int { return cmp.Or(waiting[b]-waiting[a], cmp.Compare(a, b)) })
		p.hot[line] = rooms[:min(len(rooms), hottest)]
	}
	return nil
}

// considerHot decides about the first letters of the hot rooms in a line of the queue.
func (p *pump) considerHot(r storage.Reader, line string, now time.Time, s *sight) error {
	for _, room := range p.hot[line] {
		f, at, err := p.at(r, room, room+"~")
		if err != nil {
			return err
		}
		if f.Key != "" {
			p.consider(f.Key, at, now, s)
		}
	}
	return nil
}
