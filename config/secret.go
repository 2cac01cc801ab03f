package config

// Secret is a value that must not be seen. However it is printed, it shows as ***;
// only a conversion to string reveals it.
type Secret string

const hidden = "***"

// String hides the value; so do the other ways of printing.
func (s Secret) String() string { return hidden }

// GoString hides the value from %#v.
func (s Secret) GoString() string { return hidden }

// MarshalText hides the value from JSON, YAML and slog.
func (s Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }
