package fakellm

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// upload answers POST /files.
func (s *Server) upload(w http.ResponseWriter, r *http.Request) *refusal {
	r.Body = http.MaxBytesReader(w, r.Body, int64(s.script.Batches.MostBytes)+64<<10)
	form, err := r.MultipartReader()
	if err != nil {
		return bad("", "", "Could not parse multipart form: %v", err)
	}
	f := &file{Object: "file", Created: created, Status: "processed"}
	for {
		part, err := form.NextPart()
		if err == io.EOF {
			break
		}
		var content []byte
		if err == nil {
			content, err = io.ReadAll(part)
		}
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			return refuse(http.StatusRequestEntityTooLarge, "file", "", "File is too large.")
		}
		if err != nil {
			return bad("", "", "Could not parse multipart form: %v", err)
		}
		switch part.FormName() {
		case "purpose":
			f.Purpose = string(content)
		case "file":
			f.Name, f.content, f.Bytes = part.FileName(), content, len(content)
		}
	}
	switch {
	case f.Purpose != "batch":
		return bad("purpose", "invalid_value", "'%s' is not one of ['fine-tune', 'assistants', 'batch', 'user_data', 'vision', 'evals'] - 'purpose'", f.Purpose)
	case f.Name == "":
		return bad("file", "missing_required_parameter", "Missing required parameter: 'file'.")
	case !strings.HasSuffix(f.Name, ".jsonl"):
		return bad("file", "invalid_file_format", "Invalid file format for Batch API. Must be .jsonl")
	case f.Bytes > s.script.Batches.MostBytes:
		return refuse(http.StatusRequestEntityTooLarge, "file", "", "File is too large.")
	}
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	if s.script.Batches.Pending > 0 {
		f.Status = "pending"
	}
	s.office.keep(f)
	writeJSON(w, http.StatusOK, f)
	return nil
}

// keep gives a file its id.
func (o *office) keep(f *file) {
	o.made++
	f.ID = fmt.Sprintf("file-%06d", o.made)
	o.files[f.ID] = f
}

func (s *Server) listFiles(w http.ResponseWriter, _ *http.Request) *refusal {
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	list := []*file{}
	for _, f := range s.office.files {
		list = append(list, f)
	}
	slices.SortFunc(list, func(x, y *file) int { return strings.Compare(y.ID, x.ID) })
	writeJSON(w, http.StatusOK, object{"object": "list", "data": list, "has_more": false})
	return nil
}

func (s *Server) tellFile(w http.ResponseWriter, r *http.Request) *refusal {
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	f := s.office.files[r.PathValue("id")]
	if f == nil {
		return noSuchFile(r)
	}
	if f.looks++; f.looks >= s.script.Batches.Pending {
		f.Status = "processed"
	}
	writeJSON(w, http.StatusOK, f)
	return nil
}

func (s *Server) deleteFile(w http.ResponseWriter, r *http.Request) *refusal {
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	if s.office.files[r.PathValue("id")] == nil {
		return noSuchFile(r)
	}
	delete(s.office.files, r.PathValue("id"))
	writeJSON(w, http.StatusOK, object{"id": r.PathValue("id"), "object": "file", "deleted": true})
	return nil
}

// download answers GET /files/ID/content.
func (s *Server) download(w http.ResponseWriter, r *http.Request) *refusal {
	s.office.mu.Lock()
	f := s.office.files[r.PathValue("id")]
	cut := f != nil && s.office.cut < s.script.Batches.CutDownloads
	if cut {
		s.office.cut++
	}
	s.office.mu.Unlock()
	if f == nil {
		return noSuchFile(r)
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.Itoa(len(f.content)))
	if cut {
		_, _ = w.Write(f.content[:len(f.content)/2])
		panic(http.ErrAbortHandler)
	}
	_, _ = w.Write(f.content)
	return nil
}

func noSuchFile(r *http.Request) *refusal {
	return refuse(http.StatusNotFound, "id", "", "No such File object: %s", r.PathValue("id"))
}

// A batchLine is one request of a batch.
type batchLine struct {
	ID     string          `json:"custom_id"`
	Method string          `json:"method"`
	URL    string          `json:"url"`
	Body   json.RawMessage `json:"body"`
}

// validate reads a batch's file as strictly as the real one, and notes what is wrong with it.
func (s *Server) validate(b *batch) {
	opt := &s.script.Batches
	fail := func(at int, code, format string, args ...any) {
		if b.fault == nil {
			b.fault = &batchFault{Code: code, Message: fmt.Sprintf(format, args...)}
			if at > 0 {
				b.fault.Line = at
			}
		}
	}
	seen, model := map[string]bool{}, ""
	for i, text := range bytes.Split(bytes.TrimSuffix(b.input.content, []byte("\n")), []byte("\n")) {
		var l batchLine
		var body struct {
			Model string `json:"model"`
		}
		if err := json.Unmarshal(text, &l); err != nil {
			fail(i+1, "invalid_json_line", "This line is not parseable as valid JSON.")
			continue
		}
		_ = json.Unmarshal(l.Body, &body) // a body that is none has no model
		switch {
		case l.ID == "":
			fail(i+1, "missing_required_parameter", "Missing required parameter: 'custom_id'.")
		case seen[l.ID]:
			fail(i+1, "duplicate_custom_id", "The custom_id '%s' for this request is a duplicate of another request.", l.ID)
		case l.Method != http.MethodPost:
			fail(i+1, "invalid_method", "Invalid value: '%s'. Supported values are: 'POST'.", l.Method)
		case l.URL != b.endpoint:
			fail(i+1, "invalid_url", "The URL provided for this request does not match the batch endpoint.")
		case body.Model == "" || model != "" && body.Model != model:
			fail(i+1, "mismatched_model", "The provided model '%s' does not match the expected model '%s'. All requests in a batch must be for one model.", body.Model, model)
		}
		seen[l.ID], model = true, body.Model
		a := &ask{}
		if a.decode(l.Body) == nil {
			b.tokens += s.prompt(a).tokens
		}
		b.lines = append(b.lines, l)
	}
	switch {
	case len(b.lines) > opt.MostLines:
		fail(0, "too_many_tasks", "The batch input file contains too many requests: %d. The limit is %d.", len(b.lines), opt.MostLines)
	case opt.Fail != "" && s.unlucky(b):
		fail(0, opt.Fail, "The batch failed, as the script says.")
	case s.script.onlyModels && !slices.Contains(s.script.Models, model):
		fail(0, "model_not_found", "The provided model '%s' is not supported by the Batch API.", model)
	}
	waiting := b.tokens
	for _, other := range s.office.batches {
		if !other.ended() && other.fault == nil {
			waiting += other.tokens
		}
	}
	if opt.Queue > 0 && waiting > opt.Queue {
		fail(0, "token_limit_exceeded", "Enqueued token limit reached for %s in organization org-fake. Limit: %d enqueued tokens. "+
			"Please try again once some in_progress batches have been completed.", model, opt.Queue)
	}
}
