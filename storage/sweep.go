package storage

// Sweep deletes at most limit of the records that the index files under key, erased
// ones too: it clears what is left after Vault.Erase. more reports whether some are
// left for another transaction.
func (t *Table[T]) Sweep(tx Tx, index, key string, limit int) (more bool, err error) {
	var due []string
	for own, err := range t.Keys(tx, index, key, "") {
		if err != nil {
			return false, err
		}
		if len(due) == limit {
			more = true
			break
		}
		due = append(due, own)
	}
	for _, own := range due {
		if err := t.Delete(tx, own); err != nil {
			return false, err
		}
	}
	return more, nil
}
