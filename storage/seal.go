package storage

// Vault holds the install key. It hashes ids before they become keys and seals
// values under a key of their owner, which is itself sealed under the install key
// and kept in the bucket "keys". Destroying the owner's key erases the owner.
type Vault struct{ secret []byte }

// KeySize is the length of an install key in bytes.
const KeySize = 32

// NewVault takes the install key. It copies it.
func NewVault(install []byte) (*Vault, error) { panic("unwritten") }

// ID is a keyed hash of the parts as 26 characters of base32, lower case: how a
// platform's id, a letter's id or a slot becomes a key. Equal parts give equal ids
// within an install and nowhere else.
func (v *Vault) ID(parts ...string) string { panic("unwritten") }

// Seal encrypts plain under owner's key, which is made on first use; bucket and key
// are bound to it. Owner "" is the install itself, which cannot be erased.
func (v *Vault) Seal(tx Tx, owner string, b Bucket, key, plain []byte) ([]byte, error) {
	panic("unwritten")
}

// Open undoes Seal. ErrErased: the owner's key is gone.
func (v *Vault) Open(r Reader, owner string, b Bucket, key, sealed []byte) ([]byte, error) {
	panic("unwritten")
}

// Erase destroys the owner's key. Everything sealed under it is lost at once; the
// bytes leave the file with the next compaction.
func (v *Vault) Erase(tx Tx, owner string) error { panic("unwritten") }
