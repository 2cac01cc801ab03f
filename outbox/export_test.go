package outbox

// Crowd makes the outbox believe that so many letters wait.
func (o *Outbox) Crowd(n int64) { o.waiting.Store(n) }
