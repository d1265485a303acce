package client

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"slices"
	"strings"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// longTransfer bounds the way of a large file; a transfer that falls silent ends before.
const longTransfer = 30 * time.Minute

// An upload is a file on its way out: the form around it, and the file itself, which may be opened again.
type upload struct {
	head, tail []byte
	kind       string
	size       int64
	open       func() (io.ReadCloser, error)
}

// Upload sends a file of a batch's requests, of size bytes, and returns its id; ready is false where the endpoint has to look at it
// before it may be used. Errors are as Complete's, or open's.
func (c *Client) Upload(ctx context.Context, name string, size int64, open func() (io.ReadCloser, error)) (file string, ready bool, err error) {
	a := c.newAttempt()
	if a.upload, err = newUpload(name, size, open); err != nil {
		return "", false, err
	}
	within, done := a.within(ctx, longTransfer)
	defer done()
	_, err = a.openai().CreateFileBytes(within, openai.FileBytesRequest{Name: name, Purpose: openai.PurposeBatch})
	if !errors.Is(err, errWhole) {
		return "", false, batchless(a.failed(ctx, err))
	}
	var told struct {
		ID     words `json:"id"`
		Status words `json:"status"`
	}
	if json.Unmarshal(a.whole, &told) != nil || !ids.MatchString(string(told.ID)) {
		return "", false, a.refusedOr(a.whole, "the answer to a file names no id")
	}
	return string(told.ID), !slices.Contains(filePending, strings.ToLower(string(told.Status))), nil
}

// newUpload writes the form around a file.
func newUpload(name string, size int64, open func() (io.ReadCloser, error)) (*upload, error) {
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	if err := form.WriteField("purpose", string(openai.PurposeBatch)); err != nil {
		return nil, err
	}
	if _, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {multipart.FileContentDisposition("file", name)},
		"Content-Type":        {"application/jsonl"},
	}); err != nil {
		return nil, err
	}
	head := b.Len()
	if err := form.Close(); err != nil {
		return nil, err
	}
	return &upload{head: b.Bytes()[:head], tail: b.Bytes()[head:], kind: form.FormDataContentType(), size: size, open: open}, nil
}

// put makes the upload the body of a request.
func (u *upload) put(req *http.Request) {
	req.GetBody = func() (io.ReadCloser, error) {
		f, err := u.open()
		if err != nil {
			return nil, err
		}
		whole := io.MultiReader(bytes.NewReader(u.head), io.LimitReader(f, u.size), bytes.NewReader(u.tail))
		return struct {
			io.Reader
			io.Closer
		}{whole, f}, nil
	}
	var err error
	if req.Body, err = req.GetBody(); err != nil {
		req.Body = io.NopCloser(failing{err})
	}
	req.ContentLength = int64(len(u.head)) + u.size + int64(len(u.tail))
	req.Header.Set("Content-Type", u.kind)
}

// A failing reader fails.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// Download calls each with the lines of a file, without their ends; what it returns ends the download. A file that ends early is an
// error of the kind Network. The line is each's only until it returns.
func (c *Client) Download(ctx context.Context, file string, each func(line []byte) error) error {
	if err := c.checkID(file); err != nil {
		return err
	}
	a := c.newAttempt()
	a.raw = true
	within, done := a.within(ctx, longTransfer)
	defer done()
	content, err := a.openai().GetFileContent(within, file)
	if err != nil {
		return batchless(a.failed(ctx, err))
	}
	defer content.Close()
	lines := &events{r: bufio.NewReaderSize(content, 64<<10), watch: a.watch, most: maxWhole}
	for {
		line, err := lines.line()
		line = bytes.TrimSpace(line)
		switch {
		case errors.Is(err, errLongEvent):
			return a.garbage("a line of the file is over eight megabytes long")
		case err != nil && !errors.Is(err, io.EOF):
			return a.failed(ctx, err)
		case err != nil && len(line) > 0 && !json.Valid(line):
			return a.network(io.ErrUnexpectedEOF)
		}
		if len(line) > 0 {
			if err := each(line); err != nil {
				return err
			}
		}
		if err != nil {
			return nil
		}
	}
}

// filePending are the states of a file, in lower case, that is not to be used yet, as Azure has them.
var filePending = []string{"pending", "running", "notrunning"}

// FileReady reports whether a file that was uploaded may be used.
func (c *Client) FileReady(ctx context.Context, file string) (bool, error) {
	if err := c.checkID(file); err != nil {
		return false, err
	}
	body, err := c.fetch(ctx, func(ctx context.Context, o *openai.Client) error { _, err := o.GetFile(ctx, file); return err })
	if err != nil {
		return false, err
	}
	var told struct {
		Status words `json:"status"`
	}
	_ = json.Unmarshal(body, &told) // who tells no state has none to wait for
	return !slices.Contains(filePending, strings.ToLower(string(told.Status))), nil
}

// DeleteFile has the endpoint forget a file.
func (c *Client) DeleteFile(ctx context.Context, file string) error {
	if err := c.checkID(file); err != nil {
		return err
	}
	_, err := c.fetch(ctx, func(ctx context.Context, o *openai.Client) error { return o.DeleteFile(ctx, file) })
	return err
}

// batchPath is the path within the interface that a batch's requests are for.
func (c *Client) batchPath() string {
	if c.cfg.Azure && !c.cfg.azureV1() {
		return "/chat/completions"
	}
	return string(openai.BatchEndpointChatCompletions)
}

// Line returns a request as a line of a batch's file, with its end: under the id, the body that Complete would send, but that it
// asks for no stream.
func (c *Client) Line(id string, r *Request) ([]byte, error) {
	a := c.newAttempt()
	if c.cfg.Model == "" {
		return nil, a.fault(NoSuchModel, "no model is named", "set one; `whatif models` lists what the endpoint has")
	}
	fields, err := c.fields(r, false)
	if err != nil {
		return nil, a.fault(BadRequest, c.clean(err.Error()), "correct the settings")
	}
	fields = slices.DeleteFunc(fields, func(f field) bool { return f.name == "stream_options" }) // of the user's own fields
	body, err := object(fields)
	if err != nil {
		return nil, a.fault(BadRequest, c.clean(err.Error()), "correct the settings")
	}
	line, err := object([]field{{"custom_id", id}, {"method", http.MethodPost}, {"url", c.batchPath()}, {"body", json.RawMessage(body)}})
	return append(line, '\n'), err
}

// An Outcome is what came of one line of a batch. It can be kept: the key and other secrets are taken out.
type Outcome struct {
	ID     string          `json:"id"`               // of the line
	Status int             `json:"status,omitempty"` // HTTP status; 0: the request was not made
	Body   json.RawMessage `json:"body"`             // a reply as it came; of an error, what it says
}

// ReadOutcome reads a line of a batch's output or errors.
func (c *Client) ReadOutcome(line []byte) (Outcome, error) {
	var told struct {
		ID       string `json:"custom_id"`
		Response *struct {
			Status int             `json:"status_code"`
			Body   json.RawMessage `json:"body"`
		} `json:"response"`
		Error json.RawMessage `json:"error"`
	}
	if err := json.Unmarshal(line, &told); err != nil || told.ID == "" {
		return Outcome{}, c.newAttempt().garbage("a line of the batch's output is not what the batch interface promises")
	}
	o := Outcome{ID: told.ID}
	if told.Response != nil && len(told.Response.Body) > 0 && !isError(told.Error) {
		o.Status, o.Body = told.Response.Status, told.Response.Body
		if o.Status == 0 {
			o.Status = http.StatusOK
		}
	} else {
		o.Body = told.Error
	}
	if o.Status == http.StatusOK {
		o.Body = json.RawMessage(c.withoutKey(string(o.Body)))
	} else {
		o.Body = c.tellError(o.Body)
	}
	if !json.Valid(o.Body) {
		o.Body = json.RawMessage("null")
	}
	return o, nil
}

// tellError writes what an error's body says, cleaned.
func (c *Client) tellError(body []byte) json.RawMessage {
	p := readProblem(body)
	inner := map[string]any{"message": c.clean(p.message), "code": strings.Fields(c.clean(p.codes))}
	if p.context > 0 {
		inner["n_ctx"] = p.context
	}
	data, _ := json.Marshal(map[string]any{"error": inner}) // texts and a number always can be
	return data
}

// Judge returns the reply or the error that an outcome is for the request, as Complete would.
func (c *Client) Judge(r *Request, o Outcome) (*Reply, error) {
	a := c.newAttempt()
	a.watch.cancel = func(error) {}
	defer a.watch.stop()
	a.format, a.status = r.Format, o.Status
	if o.Status < 200 || o.Status >= 300 {
		return nil, a.refused(o.Status, o.Body)
	}
	s := a.newAnswer(r, time.Now())
	if err := s.readWhole(o.Body); err != nil {
		return nil, err
	}
	return s.reply(r)
}
