package telegramtest

import (
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
)

// mostBody is how large a request may be: a document of 50 MB and a little more.
const mostBody = 51 << 20

// params are the parameters of a request: JSON values by name, and files. Forms have
// everything as strings; form says so.
type params struct {
	values map[string]json.RawMessage
	files  map[string]upload
	form   bool
}

type upload struct {
	name, kind string
	content    []byte
}

// read takes the parameters from wherever they may stand.
func read(r *http.Request) (params, error) {
	p := params{values: map[string]json.RawMessage{}, files: map[string]upload{}}
	r.Body = http.MaxBytesReader(nil, r.Body, mostBody)
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // none is a request without parameters
	switch kind {
	case "application/json":
		return p, p.json(r.Body)
	case "multipart/form-data":
		return p, p.multipart(r)
	}
	if err := r.ParseForm(); err != nil {
		return p, fmt.Errorf("can't parse the form: %w", err)
	}
	p.fields(r.Form)
	return p, nil
}

func (p *params) json(body io.Reader) error {
	text, err := io.ReadAll(body)
	if err != nil || len(text) == 0 {
		return err
	}
	if err := json.Unmarshal(text, &p.values); err != nil {
		return fmt.Errorf("can't parse JSON: %w", err)
	}
	return nil
}

func (p *params) multipart(r *http.Request) error {
	if r.ContentLength == 0 {
		return nil
	}
	err := r.ParseMultipartForm(mostBody)
	if r.MultipartForm == nil || err != nil {
		p.form = true
		return nilIfEmpty(err)
	}
	p.fields(r.MultipartForm.Value)
	for name, parts := range r.MultipartForm.File {
		f, err := parts[0].Open()
		if err != nil {
			return fmt.Errorf("open the part %s: %w", name, err)
		}
		content, err := io.ReadAll(f)
		if err != nil {
			return fmt.Errorf("read the part %s: %w", name, err)
		}
		p.files[name] = upload{parts[0].Filename, parts[0].Header.Get("Content-Type"), content}
	}
	return nil
}

// nilIfEmpty forgives a form without any part, which clients send for methods without
// parameters.
func nilIfEmpty(err error) error {
	if err == nil || err.Error() == "multipart: NextPart: EOF" {
		return nil
	}
	return fmt.Errorf("can't parse the form: %w", err)
}

// texts are the parameters that are strings, whatever they look like; the others of a
// form are read as JSON.
var texts = []string{
	"text", "caption", "callback_query_id", "secret_token", "language_code", "parse_mode", "url", "action", "file_id", "document", "photo",
}

func (p *params) fields(form url.Values) {
	p.form = true
	for name, values := range form {
		raw := json.RawMessage(values[0])
		if slices.Contains(texts, name) || !json.Valid(raw) {
			raw, _ = json.Marshal(values[0]) // a string always has JSON
		}
		p.values[name] = raw
	}
}

// into decodes the parameters into a struct.
func (p params) into(to any) error {
	text, err := json.Marshal(p.values)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, to)
}
