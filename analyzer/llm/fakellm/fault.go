package fakellm

import (
	"fmt"
	"net/http"
	"strconv"
)

// whole sends the faults that come instead of a reply, and reports whether it was one.
func (x *exchange) whole() bool {
	f := x.play.fault
	switch f.Kind {
	case "html":
		page := f.refusal(f.Status, x.ask)
		if page.status == 0 {
			page.status = http.StatusOK
		}
		page.contentType = "text/html; charset=utf-8"
		page.rawBody = fmt.Sprintf("<!DOCTYPE html>\n<html><head><title>%d</title></head>\n<body><center><h1>%s</h1></center><hr><center>nginx</center></body></html>\n",
			page.status, or(f.Message, "Bad gateway"))
		x.refuse(page)
	case "empty_body":
		x.refuse(&refusal{status: http.StatusOK, contentType: "application/json"})
	case "error_in_200":
		broken := f.refusal(http.StatusInternalServerError, x.ask)
		broken.status = http.StatusOK
		x.refuse(broken)
	case "reset":
		if f.After > 0 {
			return false
		}
		x.entry.Status = 0
		x.server.journal.decided(x.entry)
		x.reset()
	case "context_length", "unsupported_format", "model_not_found", "quota":
		x.refuse(f.refusal(0, x.ask))
	default:
		status, err := strconv.Atoi(f.Kind)
		if err != nil {
			return false
		}
		x.refuse(f.refusal(status, x.ask))
	}
	return true
}

func or(s, other string) string {
	if s != "" {
		return s
	}
	return other
}

// refusal makes the error that a fault answers, in the words that OpenAI has for it.
func (f Fault) refusal(status int, a *ask) *refusal {
	e := usual(f.Kind, status, a)
	e.message = or(f.Message, e.message)
	e.after, e.afterAs, e.formAs = f.RetryAfter, f.RetryAs, f.Form
	if f.ShouldRetry != nil {
		e.shouldRetry = strconv.FormatBool(*f.ShouldRetry)
	}
	return e
}

// usual returns the usual error of a kind or status.
func usual(kind string, status int, a *ask) *refusal {
	switch kind {
	case "context_length":
		return tooLong(4096, max(a.prompt.tokens, 4097), 0)
	case "unsupported_format":
		return unsupportedFormat(a.format)
	case "model_not_found":
		return noSuchModel(a.Model)
	case "quota":
		e := refuse(http.StatusTooManyRequests, "", "insufficient_quota", "You exceeded your current quota, please check your plan and billing details.")
		e.kind = "insufficient_quota"
		return e
	}
	for _, u := range usualErrors {
		if u.status == status {
			e := u
			return &e
		}
	}
	if status >= 500 || status == 0 {
		return &refusal{status: status, kind: "server_error", message: "The server had an error while processing your request. Sorry about that!"}
	}
	return refuse(status, "", "", "%s", or(http.StatusText(status), "The request was refused."))
}

// usualErrors are OpenAI's errors by status.
var usualErrors = []refusal{
	{status: 400, kind: "invalid_request_error", message: "Invalid request."},
	{status: 401, kind: "invalid_request_error", code: "invalid_api_key",
		message: "Incorrect API key provided. You can find your API key at https://platform.openai.example/account/api-keys."},
	{status: 403, kind: "invalid_request_error", code: "unsupported_country_region_territory", message: "Country, region, or territory not supported"},
	{status: 404, kind: "invalid_request_error", code: "model_not_found", message: "The model does not exist or you do not have access to it."},
	{status: 429, kind: "requests", code: "rate_limit_exceeded", message: "Rate limit reached on requests per min (RPM): Limit 3, Used 3, Requested 1. Please try again later."},
	{status: 502, kind: "server_error", message: "Bad gateway."},
	{status: 503, kind: "server_error", message: "That model is currently overloaded with other requests. You can retry your request."},
	{status: 529, kind: "overloaded_error", message: "Overloaded"},
}
