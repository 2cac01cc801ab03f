package console

import (
	"errors"
	"fmt"
	"io"
	"mime"
	"os"
	"path/filepath"
	"strconv"

	"peerbot/chat"
)

// attach is the file that a line names, as an argument of its call.
func attach(path string) ([]chat.Arg, *chat.Refusal) {
	info, err := os.Stat(path)
	if err != nil || !info.Mode().IsRegular() {
		return nil, chat.Refuse(chat.Missing, "console.file", chat.Text("file", path))
	}
	f := chat.File{
		Name: filepath.Base(path),
		Type: mime.TypeByExtension(filepath.Ext(path)),
		Size: info.Size(),
		Open: func() (io.ReadCloser, error) { return os.Open(path) },
	}
	return []chat.Arg{{Value: f.Name, File: &f}}, nil
}

// keep puts the files into the folder for them, if there is one, and describes each.
func (c *Console) keep(files []chat.File) []string {
	lines := make([]string, len(files))
	for i, f := range files {
		name, err := f.Name, error(nil)
		if c.o.Files != "" {
			name, err = keep(c.o.Files, f)
		}
		lines[i] = describe(name, f)
		if err != nil {
			lines[i] = c.words(chat.Say("console.unkept", chat.Text("file", f.Name), chat.Text("folder", c.o.Files)))
		}
	}
	return lines
}

func describe(name string, f chat.File) string {
	text := fmt.Sprintf("%s (%s, %d bytes)", name, f.Type, f.Size)
	if f.Alt != "" {
		text += ": " + f.Alt
	}
	return chat.Line(text)
}

// keep writes a file that only its owner can read, whole or not at all, and
// replaces none. It returns the path.
func keep(folder string, f chat.File) (path string, err error) {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return "", err
	}
	defer func() { _ = root.Close() }()
	from, err := f.Open()
	if err != nil {
		return "", err
	}
	defer func() { _ = from.Close() }()
	to, err := create(root, filepath.Base(chat.Line(f.Name)))
	if err != nil {
		return "", err
	}
	_, err = io.Copy(to, from)
	if err = errors.Join(err, to.Close()); err != nil {
		return "", errors.Join(err, root.Remove(filepath.Base(to.Name())))
	}
	return filepath.Join(folder, filepath.Base(to.Name())), nil
}

// create makes a new file, with a number before its name where the name is taken.
func create(root *os.Root, name string) (*os.File, error) {
	const tries = 1000
	next := name
	for n := 2; ; n++ {
		f, err := root.OpenFile(next, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if !os.IsExist(err) || n > tries {
			return f, err
		}
		next = strconv.Itoa(n) + "-" + name
	}
}
