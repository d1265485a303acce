package fakellm

import (
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// check holds a request's parameters to what the real one takes.
func (s *Server) check(a *ask) *refusal {
	checks := []func(*ask) *refusal{s.checkModel, s.checkNames, checkMessages, checkNumbers, checkReasoning, checkStream, checkFormat, checkTools}
	for _, check := range checks {
		if refused := check(a); refused != nil {
			return refused
		}
	}
	return nil
}

func bad(param, code, format string, args ...any) *refusal {
	return refuse(http.StatusBadRequest, param, code, format, args...)
}

func (s *Server) checkModel(a *ask) *refusal {
	switch {
	case a.Model == "":
		return bad("", "", "you must provide a model parameter")
	case s.script.onlyModels && !slices.Contains(s.script.Models, a.Model):
		return noSuchModel(a.Model)
	}
	return nil
}

// knownParams are the parameters of OpenAI's chat interface, as of November 2026.
var knownParams = strings.Fields(`audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens
	messages metadata modalities model n parallel_tool_calls prediction presence_penalty prompt_cache_breakpoint prompt_cache_key
	prompt_cache_options prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier stop store stream
	stream_options temperature tool_choice tools top_logprobs top_p user verbosity web_search_options`)

func (s *Server) checkNames(a *ask) *refusal {
	for _, name := range a.fields {
		switch {
		case s.script.StrictParams && !slices.Contains(knownParams, name):
			return bad("", "", "Unrecognized request argument supplied: %s", name)
		case name == "stream" && !a.Stream: // which is as if it were left out
		case slices.Contains(s.script.Unsupported, name):
			return bad(name, "unsupported_parameter", "Unsupported parameter: '%s' is not supported with this model.", name)
		}
	}
	if slices.Contains(s.script.Unsupported, a.format) {
		return unsupportedFormat(a.format)
	}
	return nil
}

func unsupportedFormat(format string) *refusal {
	return bad("response_format", "", "Invalid parameter: 'response_format' of type '%s' is not supported with this model.", format)
}

func checkMessages(a *ask) *refusal {
	if !slices.Contains(a.fields, "messages") {
		return bad("messages", "missing_required_parameter", "Missing required parameter: 'messages'.")
	}
	if len(a.Messages) == 0 {
		return bad("messages", "empty_array", "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.")
	}
	for i, m := range a.Messages {
		if !slices.Contains([]string{"system", "developer", "user", "assistant", "tool", "function"}, m.Role) {
			return bad("messages["+strconv.Itoa(i)+"].role", "invalid_value",
				"Invalid value: '%s'. Supported values are: 'system', 'assistant', 'user', 'function', 'tool', and 'developer'.", m.Role)
		}
	}
	return nil
}

func checkNumbers(a *ask) *refusal {
	for _, p := range []struct {
		name string
		n    *int
	}{{"max_tokens", a.MaxTokens}, {"max_completion_tokens", a.MaxCompletionTokens}, {"n", a.N}} {
		if p.n != nil && *p.n < 1 {
			return bad(p.name, "integer_below_min_value", "Invalid '%s': integer below minimum value. Expected a value >= 1, but got %d instead.", p.name, *p.n)
		}
	}
	if a.MaxTokens != nil && a.MaxCompletionTokens != nil {
		return bad("max_tokens", "invalid_parameter_combination", "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.")
	}
	if t := a.Temperature; t != nil && *t < 0 {
		return bad("temperature", "decimal_below_min_value", "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got %v instead.", *t)
	}
	if t := a.Temperature; t != nil && *t > 2 {
		return bad("temperature", "decimal_above_max_value", "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got %v instead.", *t)
	}
	return nil
}

// reasons are the names of models that think first: o1, o3-mini, o4-mini, gpt-5 and what follows from it.
var reasons = regexp.MustCompile(`^(?:o[1-9]|gpt-5)(?:$|[-.\d])`)

// checkReasoning refuses what such models do not take.
func checkReasoning(a *ask) *refusal {
	if !reasons.MatchString(a.Model) {
		return nil
	}
	if a.MaxTokens != nil {
		return bad("max_tokens", "unsupported_parameter", "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.")
	}
	for _, p := range []struct {
		name string
		v    *float64
	}{{"temperature", a.Temperature}, {"top_p", a.TopP}} {
		if p.v != nil && *p.v != 1 {
			return bad(p.name, "unsupported_value", "Unsupported value: '%s' does not support %v with this model. Only the default (1) value is supported.", p.name, *p.v)
		}
	}
	return nil
}

func checkStream(a *ask) *refusal {
	if a.StreamOptions != nil && !a.Stream {
		return bad("stream_options", "", "The 'stream_options' parameter is only allowed when 'stream' is enabled.")
	}
	return nil
}

var schemaNames = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,64}$`)

func checkFormat(a *ask) *refusal {
	if a.ResponseFormat == nil {
		return nil
	}
	switch a.ResponseFormat.Type {
	case "text":
		return nil
	case "json_object":
		for _, m := range a.Messages {
			if strings.Contains(strings.ToLower(string(m.Content)), "json") {
				return nil
			}
		}
		return bad("messages", "", "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.")
	case "json_schema":
		return checkSchemaFormat(a)
	}
	return bad("response_format.type", "invalid_value", "Invalid value: '%s'. Supported values are: 'json_object', 'json_schema', and 'text'.", a.ResponseFormat.Type)
}

func checkSchemaFormat(a *ask) *refusal {
	s := a.ResponseFormat.JSONSchema
	switch {
	case s == nil:
		return bad("response_format.json_schema", "missing_required_parameter", "Missing required parameter: 'response_format.json_schema'.")
	case s.Name == "":
		return bad("response_format.json_schema.name", "missing_required_parameter", "Missing required parameter: 'response_format.json_schema.name'.")
	case !schemaNames.MatchString(s.Name):
		return bad("response_format.json_schema.name", "invalid_value",
			"Invalid 'response_format.json_schema.name': string does not match pattern. Expected a string that matches the pattern '%s'.", schemaNames)
	case len(s.Schema) == 0 || a.schema == nil:
		return bad("response_format.json_schema.schema", "missing_required_parameter", "Missing required parameter: 'response_format.json_schema.schema'.")
	}
	if fault := checkSchema(a.schema, s.Strict); fault != "" {
		return bad("response_format", "", "Invalid schema for response_format '%s': %s", s.Name, fault)
	}
	return nil
}

func checkTools(a *ask) *refusal {
	for i, t := range a.Tools {
		param := "tools[" + strconv.Itoa(i) + "].function"
		switch {
		case t.Type != "function":
			return bad("tools["+strconv.Itoa(i)+"].type", "invalid_value", "Invalid value: '%s'. Supported values are: 'function'.", t.Type)
		case !schemaNames.MatchString(t.Function.Name):
			return bad(param+".name", "invalid_value", "Invalid '%s.name': string does not match pattern. Expected a string that matches the pattern '%s'.", param, schemaNames)
		case len(t.Function.Parameters) == 0:
			continue
		}
		parameters, err := parseValue(t.Function.Parameters)
		if err != nil {
			return bad(param+".parameters", "invalid_function_parameters", "Invalid schema for function '%s': %v", t.Function.Name, err)
		}
		if fault := checkSchema(parameters, t.Function.Strict); fault != "" {
			return bad(param+".parameters", "invalid_function_parameters", "Invalid schema for function '%s': %s", t.Function.Name, fault)
		}
	}
	return nil
}
