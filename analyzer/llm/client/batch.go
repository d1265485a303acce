package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"time"

	openai "github.com/sashabaranov/go-openai"
)

// Limits of a batch's file at OpenAI, which others have taken over (platform.openai.com/docs/guides/batch).
const (
	MostLines = 50_000
	MostBytes = 200_000_000
)

// The states of a batch. The last four are its end.
const (
	BatchValidating = "validating"
	BatchInProgress = "in_progress"
	BatchFinalizing = "finalizing"
	BatchCancelling = "cancelling"
	BatchFailed     = "failed"    // nothing of it was done
	BatchCompleted  = "completed" // each line has a reply or an error
	BatchExpired    = "expired"   // what was done in time is there, and billed
	BatchCancelled  = "cancelled" // so too
)

// QueueFull is the code of a batch that failed since too many tokens wait already, those of the account's other batches among them.
const QueueFull = "token_limit_exceeded"

// ErrNoBatches is wrapped by the *Error of an endpoint that has no Batch API.
var ErrNoBatches = errors.New("no batches")

// A Batch is a file of requests that the endpoint answers within a day.
type Batch struct {
	ID      string
	File    string // of the requests
	Job     string // the name that it was created under, "" if the endpoint does not tell
	Status  string
	Output  string // file of the replies, "" if there are none
	Errors  string // file of the errors, "" if there are none
	Code    string // of one that failed: why
	Message string // for people, cleaned

	Total, Completed, Failed int // lines
}

// Ended reports whether nothing more comes of a batch.
func (b *Batch) Ended() bool {
	switch b.Status {
	case BatchFailed, BatchCompleted, BatchExpired, BatchCancelled:
		return true
	}
	return false
}

// jobKey is the name in a batch's metadata of what created it, by which it is found again.
const jobKey = "whatif_job"

// CreateBatch has the requests of a file that was uploaded answered. job is a name for it. Errors are as Complete's; after one of
// the kind Network or ServerError there may be a batch all the same: see FindBatch. It bears no Idempotency-Key: hardly an endpoint
// knows that, and Go's transport would take it for leave to send the request again by itself.
func (c *Client) CreateBatch(ctx context.Context, file, job string) (*Batch, error) {
	return c.batch(ctx, func(ctx context.Context, o *openai.Client) error {
		_, err := o.CreateBatch(ctx, openai.CreateBatchRequest{InputFileID: file, Endpoint: openai.BatchEndpoint(c.batchPath()),
			CompletionWindow: "24h", Metadata: map[string]any{jobKey: job}})
		return err
	})
}

// Batch returns how a batch gets on.
func (c *Client) Batch(ctx context.Context, id string) (*Batch, error) {
	if err := c.checkID(id); err != nil {
		return nil, err
	}
	return c.batch(ctx, func(ctx context.Context, o *openai.Client) error {
		_, err := o.RetrieveBatch(ctx, id)
		return err
	})
}

// CancelBatch ends a batch. What is done of it by then is billed.
func (c *Client) CancelBatch(ctx context.Context, id string) (*Batch, error) {
	if err := c.checkID(id); err != nil {
		return nil, err
	}
	return c.batch(ctx, func(ctx context.Context, o *openai.Client) error {
		_, err := o.CancelBatch(ctx, id)
		return err
	})
}

// batchPages is how far back a batch is looked for, in pages of a hundred.
const batchPages = 20

// FindBatch looks for the batch that was created under the name of a job among the account's newest ones; where the endpoint keeps no
// names, for one of the file. It returns nil if there is none.
func (c *Client) FindBatch(ctx context.Context, file, job string) (*Batch, error) {
	limit, after := 100, (*string)(nil)
	for range batchPages {
		body, err := c.fetch(ctx, func(ctx context.Context, o *openai.Client) error {
			_, err := o.ListBatch(ctx, after, &limit)
			return err
		})
		if err != nil {
			return nil, err
		}
		var page struct {
			Data    []toldBatch `json:"data"`
			HasMore bool        `json:"has_more"`
		}
		if json.Unmarshal(body, &page) != nil {
			return nil, c.newAttempt().garbage("the answer is no list of batches")
		}
		for i := range page.Data {
			if b := page.Data[i].read(c); b.ID != "" && (b.Job != "" && b.Job == job || b.Job == "" && b.File != "" && b.File == file && b.Status != BatchFailed) {
				return b, nil
			}
		}
		if !page.HasMore || len(page.Data) == 0 {
			return nil, nil
		}
		last := string(page.Data[len(page.Data)-1].ID)
		if err := c.checkID(last); err != nil {
			return nil, err
		}
		after = &last
	}
	return nil, nil
}

// batch does what answers with a batch.
func (c *Client) batch(ctx context.Context, call func(context.Context, *openai.Client) error) (*Batch, error) {
	body, err := c.fetch(ctx, call)
	if err != nil {
		return nil, err
	}
	var told toldBatch
	if json.Unmarshal(body, &told) != nil || told.ID == "" || told.Status == "" {
		return nil, c.newAttempt().refusedOr(body, "the answer is no batch")
	}
	return told.read(c), nil
}

// fetch does what answers with a whole body.
func (c *Client) fetch(ctx context.Context, call func(context.Context, *openai.Client) error) ([]byte, error) {
	a := c.newAttempt()
	within, done := a.within(ctx, min(c.cfg.Timeout, time.Minute))
	defer done()
	err := call(within, a.openai())
	switch {
	case errors.Is(err, errWhole) && len(a.whole) > maxWhole:
		return nil, a.garbage("the answer is endless")
	case errors.Is(err, errWhole):
		return a.whole, nil
	}
	return nil, batchless(a.failed(ctx, err))
}

// batchless says of an address that is not there what that means.
func batchless(err error) error {
	var e *Error
	if !errors.As(err, &e) || e.Status != http.StatusNotFound && e.Status != http.StatusMethodNotAllowed && e.Status != http.StatusNotImplemented {
		return err
	}
	missing := *e
	missing.Fault, missing.Err = BadRequest, ErrNoBatches
	return &missing
}

// ids are what file and batch ids are made of. They become part of an address.
var ids = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._:-]{0,199}$`)

func (c *Client) checkID(id string) error {
	if !ids.MatchString(id) {
		return c.newAttempt().garbage("the id of a batch or file is none")
	}
	return nil
}

// toldBatch is a batch as endpoints tell it.
type toldBatch struct {
	ID     words `json:"id"`
	Status words `json:"status"`
	File   words `json:"input_file_id"`
	Output words `json:"output_file_id"`
	Error  words `json:"error_file_id"`
	Errors struct {
		Data []struct {
			Code    words  `json:"code"`
			Message words  `json:"message"`
			Line    number `json:"line"`
		} `json:"data"`
	} `json:"errors"`
	Counts struct {
		Total     number `json:"total"`
		Completed number `json:"completed"`
		Failed    number `json:"failed"`
	} `json:"request_counts"`
	Metadata map[string]words `json:"metadata"`
}

func (t *toldBatch) read(c *Client) *Batch {
	b := &Batch{ID: string(t.ID), File: string(t.File), Job: string(t.Metadata[jobKey]), Status: clean(string(t.Status), 40), Output: string(t.Output),
		Errors: string(t.Error), Total: int(t.Counts.Total), Completed: int(t.Counts.Completed), Failed: int(t.Counts.Failed)}
	if !ids.MatchString(b.ID) {
		b.ID = ""
	}
	if errs := t.Errors.Data; len(errs) > 0 {
		b.Code, b.Message = clean(string(errs[0].Code), 80), c.clean(string(errs[0].Message))
	}
	return b
}
