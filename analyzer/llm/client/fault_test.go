package client

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// TestErrorBodies holds the wordings of many servers to what they mean. They are as in the servers' documentation, source or
// reports of their users.
func TestErrorBodies(t *testing.T) {
	openAI := func(message, kind, code string) string {
		return `{"error":{"message":"` + message + `","type":"` + kind + `","param":null,"code":"` + code + `"}}`
	}
	tests := []struct {
		name    string
		status  int
		body    string
		want    Fault
		context int
		in      string // of the message
	}{
		// The key.
		{"openai key", 401, openAI("Incorrect API key provided: sk-test-********cdef. You can find yours at …", "invalid_request_error", "invalid_api_key"), BadKey, 0, "check the API key"},
		{"forbidden", 403, `{"error":{"message":"Project may not use this"}}`, BadKey, 0, "may not use"},
		{"gemini key", 400, `[{"error":{"code":400,"message":"API key not valid. Please pass a valid API key.","status":"INVALID_ARGUMENT"}}]`, BadKey, 0, "not valid"},
		{"xai key", 400, `{"code":"Client specified an invalid argument","error":"Incorrect API key provided: xa***yz."}`, BadKey, 0, ""},
		{"anthropic key", 401, `{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}`, BadKey, 0, "invalid x-api-key"},
		{"forbidden page", 403, `<html><head><title>Attention Required!</title></head>billing</html>`, BadKey, 0, "Attention Required!"},
		{"openai country", 403, openAI("Country, region, or territory not supported", "request_forbidden", "unsupported_country_region_territory"), BadKey, 0, "not supported"},
		{"nothing said", 401, ``, BadKey, 0, "401 Unauthorized"},

		// The model.
		{"openai model", 404, openAI("The model `gpt-9` does not exist or you do not have access to it.", "invalid_request_error", "model_not_found"), NoSuchModel, 0, "whatif models"},
		{"ollama model", 404, openAI("model 'x' not found", "not_found_error", ""), NoSuchModel, 0, ""},
		{"mistral model", 400, `{"object":"error","message":"Invalid model: mistral-huge","type":"invalid_model","param":null,"code":"1500"}`, NoSuchModel, 0, ""},
		{"openrouter model", 400, `{"error":{"message":"x/y is not a valid model ID","code":400},"user_id":"u"}`, NoSuchModel, 0, ""},
		{"deepseek model", 400, openAI("Model Not Exist", "invalid_request_error", "invalid_request_error"), NoSuchModel, 0, ""},
		{"azure deployment", 404, `{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist."}}`, NoSuchModel, 0, ""},
		{"lmstudio nothing loaded", 400, `{"error":{"message":"No models loaded. Please load a model in the developer page or use the 'lms load' command.","type":"invalid_request_error"}}`, NoSuchModel, 0, ""},
		{"groq retired", 400, openAI("The model `x` has been decommissioned and is no longer supported.", "invalid_request_error", "model_decommissioned"), NoSuchModel, 0, ""},
		{"unsupported model", 400, `{"error":"model x not found: unsupported here"}`, NoSuchModel, 0, ""},
		{"page that is not found", 404, `<html><title>404 Page Not Found</title></html>`, NoSuchModel, 0, "/v1"},
		{"fastapi", 404, `{"detail":"Not Found"}`, NoSuchModel, 0, "/v1"},
		{"plain page", 404, `404 page not found`, NoSuchModel, 0, "base URL"},
		{"wrong method", 405, `{"detail":"Method Not Allowed"}`, NoSuchModel, 0, ""},

		// The context.
		{"openai context", 400, openAI("This model's maximum context length is 8192 tokens. However, your messages resulted in 10000 tokens.", "invalid_request_error", "context_length_exceeded"), TooLong, 8192, "8192"},
		{"openai input", 400, openAI("Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 300000 tokens.", "invalid_request_error", "context_length_exceeded"), TooLong, 272000, ""},
		{"vllm with the limit", 400, `{"object":"error","message":"'max_tokens' or 'max_completion_tokens' is too large: 9000. This model's maximum context length is 8192 tokens and your request has 150 input tokens (9000 > 8192 - 150).","type":"BadRequestError","code":400}`, TooLong, 8192, ""},
		{"vllm prompt", 400, `{"object":"error","message":"The decoder prompt (length 5000) is longer than the maximum model length of 4096. Make sure that max_model_len is no smaller.","code":400}`, TooLong, 4096, ""},
		{"vllm passed", 400, `{"error":{"message":"You passed 5000 input tokens and requested 100 output tokens. However, the model's context length is only 4096 tokens, resulting in a maximum input length of 3996 tokens.","code":400}}`, TooLong, 4096, ""},
		{"llama.cpp", 400, `{"error":{"code":400,"message":"the request exceeds the available context size, try increasing it","type":"exceed_context_size_error","n_prompt_tokens":5000,"n_ctx":4096}}`, TooLong, 4096, ""},
		{"llama.cpp newer", 400, `{"error":{"code":400,"message":"request (9412 tokens) exceeds the available context size (8192 tokens), try increasing it","type":"exceed_context_size_error"}}`, TooLong, 8192, ""},
		{"llama-cpp-python", 400, openAI("Requested tokens (600) exceed context window of 512", "internal_server_error", ""), TooLong, 512, ""},
		{"llama.cpp in a gateway's detail", 502, `{"detail":"{\"error\":{\"code\":400,\"message\":\"request (9 tokens) exceeds the available context size (8 tokens)\",\"n_ctx\":8}}"}`, TooLong, 8, ""},
		{"lmstudio", 400, `{"error":"Trying to keep the first 10136 tokens when context the overflows. However, the model is loaded with context length of only 7866 tokens, which is not enough."}`, TooLong, 7866, ""},
		{"lmstudio newer", 400, `{"error":"The number of tokens to keep from the initial prompt is greater than the context length (n_keep: 10247 >= n_ctx: 4096)."}`, TooLong, 4096, ""},
		{"lmstudio latest", 400, `{"error":"Cannot truncate prompt with n_keep (15028) >= n_ctx (7424)"}`, TooLong, 7424, ""},
		{"ollama", 400, `{"error":{"message":"the input length exceeds the context length","type":"invalid_request_error"}}`, TooLong, 0, ""},
		{"ollama newer", 500, `{"error":"prompt too long; exceeded max context length by 4096 tokens"}`, TooLong, 0, ""},
		{"anthropic", 400, `{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 208310 tokens > 200000 maximum"}}`, TooLong, 200000, ""},
		{"anthropic sum", 400, `{"error":{"message":"input length and max_tokens exceed context limit: 190000 + 20000 > 200000, decrease input length"}}`, TooLong, 200000, ""},
		{"groq", 400, openAI("Please reduce the length of the messages or completion.", "invalid_request_error", "context_length_exceeded"), TooLong, 0, ""},
		{"groq per minute", 413, openAI("Request too large for model `x` in organization `o` service tier `on_demand` on tokens per minute (TPM): Limit 6000, Requested 7000, please reduce your message size and try again.", "tokens", "rate_limit_exceeded"), TooLong, 6000, ""},
		{"openai per minute", 429, openAI("Request too large for gpt-4 in organization o on tokens per min (TPM): Limit 10000, Requested 12000. The input or output tokens must be reduced.", "tokens", "rate_limit_exceeded"), TooLong, 10000, ""},
		{"mistral", 400, `{"object":"error","message":"Prompt contains 40000 tokens, too large for model with 32768 maximum context length","type":"invalid_request_prompt","code":"3051"}`, TooLong, 32768, ""},
		{"gemini", 400, `[{"error":{"code":400,"message":"The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).","status":"INVALID_ARGUMENT"}}]`, TooLong, 1048576, ""},
		{"together", 422, `{"error":{"message":"Input validation error: ` + "`inputs` tokens + `max_new_tokens` must be <= 8193. Given: 9000 `inputs` tokens" + `"}}`, TooLong, 8193, ""},
		{"fireworks", 400, `{"error":{"message":"The prompt is too long: 9000, model maximum context length: 8191"}}`, TooLong, 8191, ""},
		{"xai", 400, `{"code":"invalid-argument","error":"This model's maximum prompt length is 131072 but the request contains 537812 tokens."}`, TooLong, 131072, ""},
		{"openrouter", 400, openAI("This endpoint's maximum context length is 128000 tokens. However, you requested about 140000 tokens", "", ""), TooLong, 128000, ""},
		{"cerebras", 400, openAI("Please reduce the length of the messages or completion. Current length is 9000 while limit is 8192", "invalid_request_error", "context_length_exceeded"), TooLong, 8192, ""},
		{"sglang", 400, `{"object":"error","message":"The input (5000 tokens) is longer than the model's context length (4096 tokens).","code":400}`, TooLong, 4096, ""},
		{"too large a body", 413, ``, TooLong, 0, ""},
		{"too long a reply is not", 400, openAI("max_tokens is too large: 100000. This model supports at most 16384 completion tokens, whereas you provided 100000.", "invalid_request_error", "invalid_value"), BadRequest, 0, "lower limit"},

		{"bedrock's ordinary limit", 429, `{"message":"Too many tokens, please wait before trying again."}`, Limited, 0, ""},

		// The form. The request demands a strict schema.
		{"openai schema", 400, `{"error":{"message":"Invalid schema for response_format 'facts': …","type":"invalid_request_error","param":"response_format","code":null}}`, Format400, 0, ""},
		{"lmstudio form", 400, `{"error":"'response_format.type' must be 'json_schema' or 'text'"}`, Format400, 0, ""},
		{"deepseek form", 400, openAI("This response_format type is unavailable now", "invalid_request_error", "invalid_request_error"), Format400, 0, ""},
		{"llama.cpp grammar", 400, `{"error":{"code":400,"message":"failed to parse grammar","type":"invalid_request_error"}}`, Format400, 0, ""},
		{"fastapi field", 422, `{"detail":[{"type":"extra_forbidden","loc":["body","response_format"],"msg":"Extra inputs are not permitted"}]}`, Format400, 0, ""},
		{"openrouter no host", 404, `{"error":{"message":"No endpoints found that can handle the requested parameters.","code":404}}`, Format400, 0, ""},
		{"unsupported", 400, `{"error":"this is unsupported"}`, Format400, 0, ""},
		{"schema kills the server", 500, `{"error":{"code":500,"message":"Unable to generate parser: json_schema conversion failed"}}`, Format400, 0, ""},

		// Other settings.
		{"temperature", 400, `{"error":{"message":"Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.","param":"temperature","code":"unsupported_value"}}`, BadRequest, 0, "take this setting out"},
		{"limit's name", 400, `{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","param":"max_tokens","code":"unsupported_parameter"}}`, BadRequest, 0, "max_completion_tokens"},
		{"mistral extra", 422, `{"object":"error","message":{"detail":[{"type":"extra_forbidden","loc":["body","stream_options","include_usage"],"msg":"Extra inputs are not permitted","input":true}]},"type":"invalid_request_error","param":null,"code":null}`, BadRequest, 0, "Extra inputs"},
		{"openai stream", 400, openAI("Your organization must be verified to stream this model.", "invalid_request_error", "unsupported_value"), BadRequest, 0, "--no-stream"},
		{"parameter stream", 400, openAI("Unsupported parameter: 'stream' is not supported with this model.", "invalid_request_error", "unsupported_parameter"), BadRequest, 0, "--no-stream"},
		{"word of a fault of the server", 400, `{"error":{"message":"timeout must be positive"}}`, BadRequest, 0, ""},
		{"another 400", 400, `{"error":{"message":"messages: at least one"}}`, BadRequest, 0, "at least one"},
		{"messages in a list", 400, `{"error":{"message":["one","two"]}}`, BadRequest, 0, "one: two"},
		{"memory", 500, `{"error":{"message":"model requires more system memory (9.1 GiB) than is available (4.0 GiB)"}}`, BadRequest, 0, "smaller model"},

		// Money.
		{"openai quota", 429, openAI("You exceeded your current quota, please check your plan and billing details.", "insufficient_quota", "insufficient_quota"), NoMoney, 0, "balance"},
		{"openai quota with a wait", 429, openAI("You exceeded your current quota. Please try again in 20s.", "insufficient_quota", "insufficient_quota"), NoMoney, 0, ""},
		{"payment", 402, `{"error":{"message":"Insufficient Balance"}}`, NoMoney, 0, ""},
		{"payment, nothing said", 402, ``, NoMoney, 0, ""},
		{"openrouter credits", 402, `{"error":{"message":"This request requires more credits, or fewer max_tokens.","code":402}}`, NoMoney, 0, ""},
		{"anthropic credit", 400, `{"error":{"type":"invalid_request_error","message":"Your credit balance is too low to access the API."}}`, NoMoney, 0, ""},
		{"xai credits", 403, `{"code":"forbidden","error":"Your newly created team doesn't have any credits or licenses yet."}`, NoMoney, 0, ""},

		// Later.
		{"gemini's ordinary limit", 429, `[{"error":{"code":429,"message":"You exceeded your current quota, please check your plan and billing details. Please retry in 36.5s.","status":"RESOURCE_EXHAUSTED"}}]`, Limited, 0, ""},
		{"openai limit", 429, openAI("Rate limit reached for gpt-4o in organization o on tokens per min (TPM): Limit 30000, Used 29000, Requested 2000. Please try again in 2s.", "tokens", "rate_limit_exceeded"), Limited, 0, ""},
		{"limit, nothing said", 429, ``, Limited, 0, "429"},
		{"groq capacity", 498, `{"error":{"message":"Flex tier capacity exceeded"}}`, Limited, 0, ""},
		{"500", 500, `{"error":{"message":"The server had an error","type":"server_error"}}`, ServerError, 0, ""},
		{"502 page", 502, `<html><head><title>502 Bad Gateway</title></head><body>insufficient_quota</body></html>`, ServerError, 0, "“502 Bad Gateway”"},
		{"503 loading", 503, `{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}`, ServerError, 0, "until the model is loaded"},
		{"anthropic overloaded", 529, `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`, ServerError, 0, "529"},
		{"408", 408, ``, ServerError, 0, ""},
		{"409", 409, ``, ServerError, 0, ""},
		{"words of an account at a fault of the server", 500, `{"error":{"message":"billing service: insufficient_quota"}}`, ServerError, 0, ""},

		// The rest.
		{"azure filter", 400, `{"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy.","code":"content_filter","status":400,"innererror":{"code":"ResponsibleAIPolicyViolation"}}}`, Refused, 0, "left out"},
		{"openrouter moderation", 403, `{"error":{"message":"x requires moderation on y. Your input was flagged for \"violence\".","code":403}}`, Refused, 0, ""},
		{"proxy", 407, `<html><title>Proxy Authentication Required</title></html>`, Unreachable, 0, "password"},
		{"http to https", 400, `Client sent an HTTP request to an HTTPS server.`, Unreachable, 0, "https://"},
		{"not for us", 304, ``, Garbage, 0, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := serve(t, says(tt.status, tt.body))
			_, err := ask(t, c, &Request{User: "u", Schema: schema, Format: StrictSchema})
			e := faultOf(t, c, err)
			if e.Fault != tt.want || e.Context != tt.context || !strings.Contains(e.Message, tt.in) {
				t.Errorf("got %s, context %d: %s\nwant %s, %d, with %q", e.Fault, e.Context, e.Message, tt.want, tt.context, tt.in)
			}
			if e.Status != tt.status {
				t.Errorf("status %d", e.Status)
			}
		})
	}
}

func TestFormatErrorsOfPlainText(t *testing.T) {
	c := serve(t, says(400, `{"error":"response_format is unsupported"}`))
	_, err := ask(t, c, nil)
	if e := faultOf(t, c, err); e.Fault != BadRequest {
		t.Errorf("got %s: a request that demands no form has no rung to fall", e.Fault)
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Now().UTC()
	tests := []struct {
		name    string
		headers []string
		body    string
		want    time.Duration
	}{
		{"none", nil, `{}`, 0},
		{"seconds", []string{"Retry-After: 7"}, `{}`, 7 * time.Second},
		{"fraction", []string{"Retry-After: 1.5"}, `{}`, 1500 * time.Millisecond},
		{"milliseconds first", []string{"Retry-After: 7", "Retry-After-Ms: 250"}, `{}`, 250 * time.Millisecond},
		{"date, by the server's clock an hour ahead", []string{"Date: " + now.Add(time.Hour).Format(http.TimeFormat),
			"Retry-After: " + now.Add(time.Hour+30*time.Second).Format(http.TimeFormat)}, `{}`, 30 * time.Second},
		{"date, by the server's clock an hour behind", []string{"Date: " + now.Add(-time.Hour).Format(http.TimeFormat),
			"Retry-After: " + now.Add(-time.Hour+30*time.Second).Format(http.TimeFormat)}, `{}`, 30 * time.Second},
		{"date that is over", []string{"Retry-After: Wed, 21 Oct 2015 07:28:00 GMT"}, `{}`, 0},
		{"below zero", []string{"Retry-After: -5"}, `{}`, 0},
		{"endless", []string{"Retry-After: 1e300"}, `{}`, 24 * time.Hour},
		{"nonsense", []string{"Retry-After: NaN", "Retry-After-Ms: soon"}, `{}`, 0},
		{"openai's words", nil, `{"error":{"message":"Please try again in 1m7.5s. Visit …"}}`, 67500 * time.Millisecond},
		{"groq's words", nil, `{"error":{"message":"try again in 120ms"}}`, 120 * time.Millisecond},
		{"azure's words", nil, `{"error":{"message":"Please retry after 26 seconds."}}`, 26 * time.Second},
		{"gemini's details", nil, `[{"error":{"code":429,"message":"quota","details":[{"@type":"x"},{"retryDelay":"36s"}]}}]`, 36 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := serve(t, says(429, tt.body, tt.headers...))
			_, err := ask(t, c, nil)
			if e := faultOf(t, c, err); e.Fault != Limited || e.After != tt.want {
				t.Errorf("got %s after %v, want %v", e.Fault, e.After, tt.want)
			}
		})
	}
	c := serve(t, says(429, `{}`, "Retry-After: "+now.Add(90*time.Second).Format(http.TimeFormat), "Date: "))
	_, err := ask(t, c, nil)
	if e := faultOf(t, c, err); e.After < 30*time.Second || e.After > 90*time.Second {
		t.Errorf("without the server's clock: %v", e.After)
	}
}

func TestShouldRetry(t *testing.T) {
	yes, no := true, false
	for header, want := range map[string]*bool{"true": &yes, "false": &no, "": nil, "perhaps": nil} {
		c := serve(t, says(500, ``, "x-should-retry: "+header))
		_, err := ask(t, c, nil)
		if got := faultOf(t, c, err).Retry; (got == nil) != (want == nil) || got != nil && *got != *want {
			t.Errorf("%q: %v", header, got)
		}
	}
}

func TestErrorBodyIsBounded(t *testing.T) {
	var sent atomic.Int64
	c := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(500)
		endless("boom ", &sent)(w, r)
	})
	_, err := ask(t, c, nil)
	if e := faultOf(t, c, err); e.Fault != ServerError || len(e.Message) > 500 || sent.Load() > 64<<20 {
		t.Errorf("%d bytes of message, of %d sent", len(e.Message), sent.Load())
	}
}

func TestSecretsStayOut(t *testing.T) {
	echo := func(w http.ResponseWriter, r *http.Request) {
		says(401, `{"error":{"message":"`+strings.Join([]string{"bad", testKey, "or sk-test-0123****cdef", "or sk-t...cdef,", r.Header.Get("X-Token"),
			r.URL.RawQuery, "\u001b[31mred\u202e"}, " ")+`"}}`)(w, r)
	}
	c := serve(t, echo, func(c *Config) {
		c.Headers = map[string]string{"X-Token": "hunter2hunter2"}
		c.BaseURL += "?sig=queryquery"
	})
	_, err := ask(t, c, nil)
	e := faultOf(t, c, err)
	for _, secret := range []string{testKey, "0123", "cdef", "hunter2", "queryquery", "\u001b", "\u202e"} {
		if strings.Contains(e.Message, secret) {
			t.Errorf("%q is in the message %q", secret, e.Message)
		}
	}
	if !strings.Contains(e.Message, "bad [secret]") || !strings.Contains(e.Message, "red") {
		t.Errorf("message %q: what is no secret was lost", e.Message)
	}
}

// TestKeyInPieces has a server break the key over lines, cut it and name it as a model and in a reply: what is printed, kept and
// shown holds no part of it that would help anybody.
func TestKeyInPieces(t *testing.T) {
	pieces := strings.Join([]string{testKey[:9] + "\\n" + testKey[9:], testKey[4:], "x" + testKey[2:12] + "y", "wordless"}, " ")
	_, err := ask(t, serve(t, says(400, `{"error":{"message":"`+pieces+`"}}`)), nil)
	c := serve(t, says(200, `{"model":"m `+testKey+`","choices":[{"finish_reason":"stop","message":{"content":"it is `+testKey+`."}}]}`))
	reply, replyErr := ask(t, c, nil)
	if replyErr != nil {
		t.Fatal(replyErr)
	}
	names, listErr := serve(t, says(200, `{"data":[{"id":"`+testKey+`"}]}`)).Models(context.Background())
	if listErr != nil {
		t.Fatal(listErr)
	}
	shown := strings.Join([]string{err.Error(), reply.Text, reply.Model, names[0]}, "\n")
	for i := 0; i+8 <= len(testKey); i++ {
		if strings.Contains(shown, testKey[i:i+8]) {
			t.Fatalf("%q is in\n%s", testKey[i:i+8], shown)
		}
	}
	if !strings.Contains(shown, "wordless") || reply.Text != "it is [secret]." || reply.Model != "m [secret]" {
		t.Errorf("what is no secret was lost:\n%s", shown)
	}
}
