package telegram

import "sync"

// crew works jobs off: those of one chat one after the other, and several chats at a
// time.
type crew struct {
	work  func(*job)
	most  int  // most is how many hands there may be.
	whole bool // whole: what waits is worked off at the end; else it stays in the inbox.

	mu     sync.Mutex
	lanes  map[int64][]*job // lanes are the jobs that wait, of every chat that has a hand or waits for one.
	ready  []int64          // ready are the chats that wait for a hand.
	hands  int
	count  int // count is how many jobs wait or are worked on.
	closed bool
	done   sync.WaitGroup
}

func newCrew(most int, whole bool, work func(*job)) *crew {
	return &crew{work: work, most: most, whole: whole, lanes: map[int64][]*job{}}
}

// add lets a job wait for its turn. After close it does nothing.
func (c *crew) add(j *job) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	c.count++
	lane, there := c.lanes[j.Chat]
	c.lanes[j.Chat] = append(lane, j)
	if there {
		return
	}
	c.ready = append(c.ready, j.Chat)
	if c.hands < c.most {
		c.hands++
		c.done.Go(c.hand)
	}
}

// waiting is how many jobs wait or are worked on.
func (c *crew) waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.count
}

// hand works one job of a chat, and then one of the chat that waits longest.
func (c *crew) hand() {
	for {
		j := c.next()
		if j == nil {
			return
		}
		c.work(j)
		c.worked(j)
	}
}

func (c *crew) next() *job {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.ready) == 0 || c.closed && !c.whole {
		c.hands--
		return nil
	}
	id := c.ready[0]
	c.ready = c.ready[1:]
	j := c.lanes[id][0]
	c.lanes[id] = c.lanes[id][1:]
	return j
}

func (c *crew) worked(j *job) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.count--
	if len(c.lanes[j.Chat]) == 0 {
		delete(c.lanes, j.Chat)
		return
	}
	c.ready = append(c.ready, j.Chat)
}

// close takes nothing more, and waits for the jobs that were begun.
func (c *crew) close() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.done.Wait()
}
