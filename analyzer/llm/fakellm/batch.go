package fakellm

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// Batches is how the server's Batch API behaves. The zero value answers all requests of a batch by the time it is first looked at.
type Batches struct {
	Off   bool          `yaml:"off"`   // there is none: 404
	Takes time.Duration `yaml:"takes"` // from a batch's creation to its end
	Looks int           `yaml:"looks"` // how often it must be looked at before its end, whatever time it takes; 0: once

	MostLines int `yaml:"most_lines"` // 0: 50,000
	MostBytes int `yaml:"most_bytes"` // 0: 200,000,000
	Pending   int `yaml:"pending"`    // how often a file must be looked at before it may be used, as with Azure
	Queue     int `yaml:"queue"`      // tokens of prompts that may wait at once; a batch that is too much fails with token_limit_exceeded; 0: any

	Fail    string  `yaml:"fail"`    // a code with which batches fail: token_limit_exceeded, model_not_found, …
	Expires float64 `yaml:"expires"` // share of a batch's lines that are done before it expires, above 0 and below 1; 0: none expires
	Cancels bool    `yaml:"cancels"` // somebody cancels batches at the provider's; half of their lines are done
	Lines   Chances `yaml:"lines"`   // what goes wrong with single lines; only statuses count
	Times   int     `yaml:"times"`   // how many batches that happens to, the first ones; 0: all

	LostReplies  int `yaml:"lost_replies"`  // how many creations of batches are done, and the connection breaks before the answer
	CutDownloads int `yaml:"cut_downloads"` // how many downloads break off in the middle
}

func (b *Batches) check() error {
	if b.Looks < 0 || b.MostLines < 0 || b.MostBytes < 0 || b.Queue < 0 || b.Pending < 0 || b.Times < 0 || b.LostReplies < 0 || b.CutDownloads < 0 {
		return fmt.Errorf("batches: numbers can't be below 0")
	}
	if b.Expires < 0 || b.Expires >= 1 || b.Lines.Chance < 0 || b.Lines.Chance > 1 {
		return fmt.Errorf("batches: expires and the chance of lines lie between 0 and 1")
	}
	for _, f := range b.Lines.Of {
		if err := f.check(); err != nil {
			return fmt.Errorf("batches: lines: %w", err)
		}
	}
	return checkDurations(map[string]time.Duration{"batches: takes": b.Takes})
}

func (b *Batches) defaults() {
	if b.MostLines == 0 {
		b.MostLines = 50_000
	}
	if b.MostBytes == 0 {
		b.MostBytes = 200_000_000
	}
	if b.Lines.Chance > 0 && len(b.Lines.Of) == 0 {
		b.Lines.Of = []Fault{{Kind: "429"}, {Kind: "500"}}
	}
}

// An office keeps files and batches.
type office struct {
	mu      sync.Mutex
	files   map[string]*file
	batches []*batch // by their creation
	made    int      // files and batches
	lost    int
	cut     int
}

// A file is one that was uploaded, or written by a batch.
type file struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Bytes   int    `json:"bytes"`
	Created int64  `json:"created_at"`
	Name    string `json:"filename"`
	Purpose string `json:"purpose"`
	Status  string `json:"status"`

	content []byte
	looks   int
}

// A batch is one that was created. Guarded by the office's lock.
type batch struct {
	id, endpoint string
	input        *file
	metadata     map[string]string
	key          string // the Authorization that it was created with
	lines        []batchLine
	tokens       int // of all prompts
	begun        time.Time
	looks        int
	number       int // counted from 1
	cancelling   bool

	status         string
	fault          *batchFault
	output, errors *file
	done, failed   int // lines
}

type batchFault struct {
	Code    string `json:"code"`
	Message string `json:"message"`
	Param   any    `json:"param"`
	Line    any    `json:"line"`
}

// serveBatches adds the Batch API to the server.
func (s *Server) serveBatches() {
	s.office.files = map[string]*file{}
	if s.script.Batches.Off {
		return
	}
	for _, base := range []string{"/v1", "/openai/v1", "/openai"} {
		for pattern, serve := range map[string]func(http.ResponseWriter, *http.Request) *refusal{
			"POST " + base + "/files":               s.upload,
			"GET " + base + "/files":                s.listFiles,
			"GET " + base + "/files/{id}":           s.tellFile,
			"DELETE " + base + "/files/{id}":        s.deleteFile,
			"GET " + base + "/files/{id}/content":   s.download,
			"POST " + base + "/batches":             s.createBatch,
			"GET " + base + "/batches":              s.listBatches,
			"GET " + base + "/batches/{id}":         s.tellBatch,
			"POST " + base + "/batches/{id}/cancel": s.cancelBatch,
		} {
			s.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
				refused := s.checkKey(r)
				if refused == nil {
					refused = serve(w, r)
				}
				if refused != nil {
					refused.write(w)
				}
			})
		}
	}
}

// createBatch answers POST /batches.
func (s *Server) createBatch(w http.ResponseWriter, r *http.Request) *refusal {
	if refused := checkType(r); refused != nil {
		return refused
	}
	var asked struct {
		File     string            `json:"input_file_id"`
		Endpoint string            `json:"endpoint"`
		Window   string            `json:"completion_window"`
		Metadata map[string]string `json:"metadata"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, 1<<20)).Decode(&asked); err != nil {
		return wrongType(err)
	}
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	f := s.office.files[asked.File]
	switch {
	case asked.File == "" || asked.Endpoint == "" || asked.Window == "":
		return bad("", "missing_required_parameter", "Missing required parameter: input_file_id, endpoint and completion_window are required.")
	case f == nil:
		return bad("input_file_id", "", "Invalid 'input_file_id': no such file '%s'.", asked.File)
	case f.Purpose != "batch":
		return bad("input_file_id", "invalid_purpose", "Invalid file purpose: '%s'. It must be 'batch'.", f.Purpose)
	case f.Status != "processed":
		return bad("input_file_id", "", "File '%s' is not ready: its status is %s.", asked.File, f.Status)
	case asked.Endpoint != "/v1/chat/completions" && asked.Endpoint != "/chat/completions":
		return bad("endpoint", "invalid_value", "Invalid value: '%s'. Supported values are: '/v1/chat/completions'.", asked.Endpoint)
	case asked.Window != "24h":
		return bad("completion_window", "invalid_value", "Invalid value: '%s'. Supported values are: '24h'.", asked.Window)
	case len(asked.Metadata) > 16:
		return bad("metadata", "", "Invalid 'metadata': too many properties.")
	}
	s.office.made++
	b := &batch{id: fmt.Sprintf("batch_%06d", s.office.made), endpoint: asked.Endpoint, input: f, metadata: asked.Metadata, status: "validating",
		key: r.Header.Get("Authorization"), begun: time.Now(), number: len(s.office.batches) + 1}
	s.validate(b)
	s.office.batches = append(s.office.batches, b)
	if s.office.lost < s.script.Batches.LostReplies {
		s.office.lost++
		panic(http.ErrAbortHandler) // closes the connection
	}
	writeJSON(w, http.StatusOK, b.tell())
	return nil
}

// tellBatch answers GET /batches/ID, which is what makes a batch get on.
func (s *Server) tellBatch(w http.ResponseWriter, r *http.Request) *refusal {
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	b := s.office.batch(r.PathValue("id"))
	if b == nil {
		return refuse(http.StatusNotFound, "", "", "No batch found with id '%s'.", r.PathValue("id"))
	}
	b.looks++
	s.advance(b)
	writeJSON(w, http.StatusOK, b.tell())
	return nil
}

// listBatches answers GET /batches, the newest first.
func (s *Server) listBatches(w http.ResponseWriter, r *http.Request) *refusal {
	limit := 20
	if n, err := strconv.Atoi(r.URL.Query().Get("limit")); err == nil {
		limit = n
	}
	if limit < 1 || limit > 100 {
		return bad("limit", "", "Invalid 'limit': expected a value from 1 to 100.")
	}
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	list := slices.Clone(s.office.batches)
	slices.Reverse(list)
	if after := r.URL.Query().Get("after"); after != "" {
		list = list[slices.IndexFunc(list, func(b *batch) bool { return b.id == after })+1:]
	}
	data := []any{}
	for _, b := range list[:min(limit, len(list))] {
		data = append(data, b.tell())
	}
	writeJSON(w, http.StatusOK, object{"object": "list", "data": data, "has_more": len(list) > limit})
	return nil
}

// cancelBatch answers POST /batches/ID/cancel.
func (s *Server) cancelBatch(w http.ResponseWriter, r *http.Request) *refusal {
	s.office.mu.Lock()
	defer s.office.mu.Unlock()
	b := s.office.batch(r.PathValue("id"))
	switch {
	case b == nil:
		return refuse(http.StatusNotFound, "", "", "No batch found with id '%s'.", r.PathValue("id"))
	case b.ended():
		return refuse(http.StatusConflict, "", "", "Cannot cancel a batch with status '%s'.", b.status)
	}
	b.cancelling, b.status = true, "cancelling"
	writeJSON(w, http.StatusOK, b.tell())
	return nil
}

func (o *office) batch(id string) *batch {
	i := slices.IndexFunc(o.batches, func(b *batch) bool { return b.id == id })
	if i < 0 {
		return nil
	}
	return o.batches[i]
}

// unlucky reports whether a batch is one of those to which bad things happen.
func (s *Server) unlucky(b *batch) bool {
	return s.script.Batches.Times == 0 || b.number <= s.script.Batches.Times
}

func (b *batch) ended() bool {
	return slices.Contains([]string{"failed", "completed", "expired", "cancelled"}, b.status)
}

// tell is the batch as the interface has it.
func (b *batch) tell() object {
	o := object{"id": b.id, "object": "batch", "endpoint": b.endpoint, "errors": nil, "input_file_id": b.input.ID, "completion_window": "24h",
		"status": b.status, "output_file_id": nil, "error_file_id": nil, "created_at": b.begun.Unix(), "expires_at": b.begun.Add(24 * time.Hour).Unix(),
		"request_counts": object{"total": len(b.lines), "completed": b.done, "failed": b.failed}, "metadata": maps.Clone(b.metadata)}
	if b.output != nil {
		o["output_file_id"] = b.output.ID
	}
	if b.errors != nil {
		o["error_file_id"] = b.errors.ID
	}
	if b.status == "failed" {
		o["errors"] = object{"object": "list", "data": []any{b.fault}}
	}
	return o
}
