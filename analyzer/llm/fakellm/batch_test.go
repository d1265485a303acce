package fakellm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// upload sends a file and returns its id, "" with what refused it.
func (p *played) upload(purpose, name, content string) (id string, got outcome) {
	p.t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	_ = form.WriteField("purpose", purpose)
	part, _ := form.CreateFormFile("file", name)
	_, _ = part.Write([]byte(content))
	_ = form.Close()
	r, _ := http.NewRequest("POST", p.url+"/files", &b)
	r.Header.Set("Content-Type", form.FormDataContentType())
	got = p.do(r)
	var told struct{ ID string }
	_ = json.Unmarshal([]byte(got.body), &told)
	return told.ID, got
}

// A toldBatch is a batch as a client reads it.
type toldBatch struct {
	ID, Status string
	Output     string `json:"output_file_id"`
	Error      string `json:"error_file_id"`
	Errors     *struct {
		Data []struct {
			Code string
			Line int
		}
	}
	Counts   struct{ Total, Completed, Failed int } `json:"request_counts"`
	Metadata map[string]string
}

func (p *played) batch(path string, body any) (b toldBatch, got outcome) {
	p.t.Helper()
	if body != nil {
		got = p.post(path, body)
	} else {
		got = p.get(path)
	}
	_ = json.Unmarshal([]byte(got.body), &b)
	return b, got
}

// lineOf is a line of a batch's file.
func lineOf(id string, more object) string {
	data, _ := json.Marshal(object{"custom_id": id, "method": "POST", "url": "/v1/chat/completions", "body": request("say "+id, more)})
	return string(data) + "\n"
}

// run has lines answered, and returns the batch at its end with the ids of its output and its errors.
func (p *played) run(lines string) (b toldBatch, output, failed []string) {
	p.t.Helper()
	file, got := p.upload("batch", "a.jsonl", lines)
	if file == "" {
		p.t.Fatal(got)
	}
	b, got = p.batch("/v1/batches", object{"input_file_id": file, "endpoint": "/v1/chat/completions", "completion_window": "24h", "metadata": object{"job": "j"}})
	if b.Status != "validating" || b.Metadata["job"] != "j" {
		p.t.Fatal(got)
	}
	for range 20 {
		if b, _ = p.batch("/v1/batches/"+b.ID, nil); slices.Contains([]string{"failed", "completed", "expired", "cancelled"}, b.Status) {
			break
		}
	}
	ids := func(file string) (list []string) {
		if file == "" {
			return nil
		}
		for line := range strings.Lines(p.get("/v1/files/" + file + "/content").body) {
			var told struct {
				ID string `json:"custom_id"`
			}
			if err := json.Unmarshal([]byte(line), &told); err != nil {
				p.t.Fatal(err)
			}
			list = append(list, told.ID)
		}
		return list
	}
	return b, ids(b.Output), ids(b.Error)
}

func TestBatch(t *testing.T) {
	p := parsed(t, "batches: {looks: 4}\nrules:\n  - {when: {user_contains: say b}, fault: 429}\n  - reply: hello")
	lines, want := lineOf("b", nil), []string{}
	for i := range 30 {
		lines += lineOf(fmt.Sprintf("id%02d", i), nil)
		want = append(want, fmt.Sprintf("id%02d", i))
	}
	b, output, failed := p.run(lines)
	if b.Status != "completed" || b.Counts.Total != 31 || b.Counts.Completed != 30 || b.Counts.Failed != 1 || !slices.Equal(failed, []string{"b"}) {
		t.Errorf("%+v, failed %v", b, failed)
	}
	if slices.IsSorted(output) {
		t.Error("the order is kept")
	}
	if slices.Sort(output); !slices.Equal(output, want) {
		t.Errorf("output %v", output)
	}
	if e := p.Log()[1]; e.Batch != b.ID || e.Line != "id00" || e.Reply != "hello" {
		t.Errorf("log %+v", e)
	}
}

// TestBatchIsChecked: a file is held to what OpenAI takes.
func TestBatchIsChecked(t *testing.T) {
	p := parsed(t, "batches: {most_lines: 3}\nmodels: [m, n]")
	other := strings.Replace(lineOf("x", nil), `"model":"m"`, `"model":"n"`, 1)
	for lines, want := range map[string]string{
		"no JSON\n":                         "invalid_json_line",
		"":                                  "invalid_json_line",
		lineOf("", nil):                     "missing_required_parameter",
		lineOf("a", nil) + lineOf("a", nil): "duplicate_custom_id",
		strings.Replace(lineOf("a", nil), "POST", "GET", 1):                       "invalid_method",
		strings.Replace(lineOf("a", nil), "/v1/chat", "/v1/other", 1):             "invalid_url",
		lineOf("a", nil) + other:                                                  "mismatched_model",
		lineOf("1", nil) + lineOf("2", nil) + lineOf("3", nil) + lineOf("4", nil): "too_many_tasks",
		strings.Replace(lineOf("a", nil), `"model":"m"`, `"model":"q"`, 1):        "model_not_found",
	} {
		if b, _, _ := p.run(lines); b.Status != "failed" || b.Errors == nil || b.Errors.Data[0].Code != want {
			t.Errorf("%.60q: %+v, want %s", lines, b, want)
		}
	}
	if len(p.Log()) > 0 {
		t.Error("something was answered")
	}
	file, _ := p.upload("batch", "a.jsonl", lineOf("a", nil))
	for what, body := range map[string]object{
		"endpoint":      {"input_file_id": file, "endpoint": "/v1/embeddings", "completion_window": "24h"},
		"window":        {"input_file_id": file, "endpoint": "/v1/chat/completions", "completion_window": "1h"},
		"file":          {"input_file_id": "file-9", "endpoint": "/v1/chat/completions", "completion_window": "24h"},
		"missing":       {"input_file_id": file},
		"metadata type": {"input_file_id": file, "endpoint": "/v1/chat/completions", "completion_window": "24h", "metadata": object{"n": 1}},
	} {
		if _, got := p.batch("/v1/batches", body); got.status != 400 {
			t.Errorf("%s: %+v", what, got)
		}
	}
	if _, got := p.upload("assistants", "a.jsonl", "{}"); got.status != 400 {
		t.Errorf("purpose: %+v", got)
	}
	if _, got := p.upload("batch", "a.txt", "{}"); got.status != 400 {
		t.Errorf("name: %+v", got)
	}
}

// TestBatchStream: a line can't be streamed.
func TestBatchStream(t *testing.T) {
	p := parsed(t, "rules: [{reply: hello}]")
	if b, _, failed := p.run(lineOf("a", object{"stream": true}) + lineOf("b", nil)); b.Counts.Completed != 1 || !slices.Equal(failed, []string{"a"}) {
		t.Errorf("%+v, failed %v", b, failed)
	}
}

func TestBatchEnds(t *testing.T) {
	lines := lineOf("a", nil) + lineOf("b", nil) + lineOf("c", nil) + lineOf("d", nil)
	for script, want := range map[string]string{
		"batches: {expires: 0.5}":               "expired 2 2",
		"batches: {cancels: true}":              "cancelled 2 2",
		"batches: {queue: 10}":                  "failed 0 0",
		"batches: {fail: token_limit_exceeded}": "failed 0 0",
		"batches: {lines: {chance: 1}}":         "completed 0 4",
		"batches: {takes: 1us}":                 "completed 4 0",
	} {
		p := parsed(t, script+"\nrules: [{reply: hello}]")
		b, output, failed := p.run(lines)
		for range 100 {
			if b.Status == "in_progress" { // time has to pass
				b, output, failed = p.run(lines)
			}
		}
		if got := fmt.Sprint(b.Status, " ", len(output), " ", len(failed)); got != want {
			t.Errorf("%s: %s, want %s", script, got, want)
		}
	}
}

func TestBatchIsCancelled(t *testing.T) {
	p := parsed(t, "batches: {looks: 5}\nrules: [{reply: hello}]")
	file, _ := p.upload("batch", "a.jsonl", lineOf("a", nil)+lineOf("b", nil))
	b, _ := p.batch("/v1/batches", object{"input_file_id": file, "endpoint": "/v1/chat/completions", "completion_window": "24h"})
	if b, _ = p.batch("/v1/batches/"+b.ID+"/cancel", object{}); b.Status != "cancelling" {
		t.Errorf("%+v", b)
	}
	if b, _ = p.batch("/v1/batches/"+b.ID, nil); b.Status != "cancelled" || b.Counts.Completed != 1 {
		t.Errorf("%+v", b)
	}
	if _, got := p.batch("/v1/batches/"+b.ID+"/cancel", object{}); got.status != 409 {
		t.Errorf("%+v", got)
	}
}

func TestNoBatches(t *testing.T) {
	p := parsed(t, "batches: {off: true}")
	if _, got := p.upload("batch", "a.jsonl", "{}"); got.status != 404 {
		t.Errorf("%+v", got)
	}
}
