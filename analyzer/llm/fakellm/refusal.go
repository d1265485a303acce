package fakellm

import (
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"
)

// A refusal is an answer with an error in it, in OpenAI's form and words.
type refusal struct {
	status               int
	message, kind        string
	param, code          string        // "" is null
	after                time.Duration // how long to wait, told in a header; 0 is not told
	afterAs              string        // seconds, ms or date
	shouldRetry, formAs  string        // the x-should-retry header; the form of the body
	contentType, rawBody string        // for bodies that are no JSON
}

// refuse makes a refusal of the commonest type.
func refuse(status int, param, code, format string, args ...any) *refusal {
	return &refusal{status: status, message: fmt.Sprintf(format, args...), kind: "invalid_request_error", param: param, code: code}
}

func noSuchModel(name string) *refusal {
	return refuse(http.StatusNotFound, "", "model_not_found", "The model `%s` does not exist or you do not have access to it.", name)
}

// The forms that servers give an error's body.
const (
	formOpenAI = "openai" // {"error": {"message": …}}
	formText   = "text"   // {"error": "…"}, as Ollama and some proxies do
	formDetail = "detail" // {"detail": …}, as servers on FastAPI do
	formArray  = "array"  // [{"error": …}], as Gemini's does
	formWithID = "with_id"
)

// body returns what is written as JSON.
func (f *refusal) body() any {
	inner := object{"message": f.message, "type": f.kind, "param": orNull(f.param), "code": orNull(f.code)}
	switch f.formAs {
	case formText:
		return object{"error": f.message}
	case formDetail:
		return object{"detail": f.message}
	case formArray:
		return []any{object{"error": object{"code": f.status, "message": f.message, "status": "INVALID_ARGUMENT"}}}
	case formWithID:
		return object{"id": "chatcmpl-error", "object": "chat.completion.chunk", "choices": []any{}, "error": inner}
	}
	return object{"error": inner}
}

func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

func (f *refusal) write(w http.ResponseWriter) {
	f.writeHeaders(w.Header())
	if f.contentType != "" {
		w.Header().Set("Content-Type", f.contentType)
		w.WriteHeader(f.status)
		_, _ = w.Write([]byte(f.rawBody))
		return
	}
	writeJSON(w, f.status, f.body())
}

func (f *refusal) writeHeaders(h http.Header) {
	if f.shouldRetry != "" {
		h.Set("X-Should-Retry", f.shouldRetry)
	}
	if f.after <= 0 {
		return
	}
	switch f.afterAs {
	case "ms":
		h.Set("Retry-After-Ms", strconv.FormatInt(f.after.Milliseconds(), 10))
	case "date":
		// The date has whole seconds, so it is rounded up: it never tells less than was meant.
		h.Set("Retry-After", time.Now().Add(f.after+time.Second-1).UTC().Format(http.TimeFormat))
	default:
		h.Set("Retry-After", strconv.FormatFloat(math.Round(f.after.Seconds()*1000)/1000, 'f', -1, 64))
	}
}

// writeJSON writes v as a whole answer.
func writeJSON(w http.ResponseWriter, status int, v any) {
	data, err := json.Marshal(v)
	if err != nil { // only values of our own come here
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	w.WriteHeader(status)
	_, _ = w.Write(data)
}
