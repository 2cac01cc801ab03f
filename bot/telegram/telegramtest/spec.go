package telegramtest

// spec is the description of the Bot API.
type spec struct{}

func findSpec() *spec { return nil }

func (s *spec) check(method string, p params) []string { return nil }
