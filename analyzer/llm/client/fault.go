package client

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// fault makes an error of kind f: what went wrong, and what the user can do.
func (a *attempt) fault(f Fault, what, todo string) *Error {
	e := &Error{Fault: f, Status: a.status, Message: a.c.Host() + ": " + what + "; " + todo}
	if a.header != nil {
		e.After, e.Retry = retryAfter(a.header, problem{}), shouldRetry(a.header)
	}
	return e
}

func (a *attempt) garbage(what string) *Error {
	return a.fault(Garbage, what, "check that the base URL is that of a chat interface (most end in /v1), or try again later")
}

func (a *attempt) declined(what string) *Error {
	return a.fault(Refused, what, "this part of the document is left out; another model may take it")
}

// refused makes an error of an answer that is one: by its words first, then by its status, which in a body or a stream that began
// with 200 stands among the words.
func (a *attempt) refused(status int, body []byte) *Error {
	p := readProblem(body)
	if status < 300 && p.status != 0 {
		status = p.status
	}
	f, todo := a.classify(status, p)
	if todo == "" {
		todo = remedy(f, status, a.c.Local())
	}
	what := statusText(status)
	if p.message != "" {
		what += " " + quoted(a.c.clean(p.message))
	}
	e := a.fault(f, what, todo)
	e.Status = status
	e.After = retryAfter(a.header, p)
	if f == TooLong {
		e.Context = p.contextSize()
		if e.Context > 0 {
			e.Message = fmt.Sprintf("%s (it takes %d tokens)", e.Message, e.Context)
		}
	}
	return e
}

// refusedOr makes an error of the words in a JSON value that is not what was promised, or of what is said where it has none.
func (a *attempt) refusedOr(body []byte, what string) *Error {
	if p := readProblem(body); p.message == "" || !json.Valid(body) {
		return a.garbage(what)
	}
	return a.refused(a.status, body)
}

// classify finds the kind of an error.
func (a *attempt) classify(status int, p problem) (f Fault, todo string) {
	if status == http.StatusProxyAuthRequired {
		return Unreachable, "put the proxy's user and password into its address"
	}
	if rule := providers().match(p, status, formed(a.format)); rule != nil {
		return rule.Fault, rule.Todo
	}
	switch {
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		return BadKey, ""
	case status == http.StatusPaymentRequired:
		return NoMoney, ""
	case status == http.StatusNotFound, status == http.StatusMethodNotAllowed:
		return NoSuchModel, ""
	case status == http.StatusRequestEntityTooLarge:
		return TooLong, ""
	case status == http.StatusTooManyRequests, status == 498: // Groq: no capacity now
		return Limited, ""
	case status == http.StatusNotImplemented:
		return BadRequest, ""
	case status == http.StatusRequestTimeout, status == http.StatusConflict, status == http.StatusTooEarly, status >= 500:
		return ServerError, ""
	case status >= 400:
		return BadRequest, ""
	case status >= 300:
		return Garbage, ""
	}
	return ServerError, "" // an error that came with 200 and says no more
}

// remedies say what the user can do, by kind.
var remedies = map[Fault]string{
	BadKey:      "check the API key and what it may do",
	NoSuchModel: "check the model's name (`whatif models` lists them) and the base URL (most end in /v1)",
	TooLong:     "send smaller pieces, or raise the context on the server",
	Format400:   "ask in another form",
	BadRequest:  "check the settings",
	NoMoney:     "check the account's balance and limits with the provider",
	Limited:     "wait, or ask for less at once",
	ServerError: "try again later",
	Garbage:     "check the base URL",
	Refused:     "this part of the document is left out; another model may take it",
	Unreachable: "check the base URL, proxy and certificates",
}

func remedy(f Fault, status int, local bool) string {
	if f == ServerError && local && status == http.StatusServiceUnavailable {
		return "wait until the model is loaded, then try again"
	}
	return remedies[f]
}

func statusText(status int) string {
	switch {
	case status < 300:
		return "an error comes instead of a reply"
	case http.StatusText(status) == "":
		return fmt.Sprintf("the server answers %d", status)
	}
	return fmt.Sprintf("the server answers %d %s", status, http.StatusText(status))
}

// promptCut compares the server's count of the prompt with ours. Servers that cut prompts do it silently, and a reply to half a
// question is none. The rule is lenient, since counts differ: under 60 %, and not for what is short.
func (a *attempt) promptCut(r *Request, u Usage) error {
	const short = 400 // tokens
	if r.Estimate < short || !u.Known || u.Prompt == 0 || u.Prompt*10 >= r.Estimate*6 {
		return nil
	}
	what := fmt.Sprintf("the server read %d tokens of a prompt of about %d", u.Prompt, r.Estimate)
	return a.fault(PromptWasCut, what, "raise its context (with Ollama: OLLAMA_CONTEXT_LENGTH), or set a smaller context for whatif")
}
