package cli

import (
	"errors"
	"fmt"
	"math"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/net/http/httpguts"

	"whatif/analyzer/llm/client"
)

// unlimited is the value of a limit that does not limit.
const unlimited = "none"

// modelSettings lists the settings that say which model is asked, how, and what it may cost. A key is none of them: it comes
// from the environment or a command, so that it stands in no file and on no command line.
func modelSettings() []setting {
	return slices.Concat(endpointSettings(), askingSettings(), spendingSettings(), hidingSettings())
}

func endpointSettings() []setting {
	return []setting{
		{key: "engine", about: "what proposes: rules (built in), llm (a model), hybrid (both), auto (hybrid when a model is set, else rules)",
			value: "auto", check: oneOf("engine", "rules", "llm", "hybrid", "auto"), project: one, only: "rules"},
		{key: "provider", about: "who serves the model, or with what; \"whatif models --providers\" lists the names", check: checkProvider},
		{key: "base-url", about: "address of the endpoint, such as https://llm.example.com/v1", check: checkURL, fallback: "OPENAI_BASE_URL"},
		{key: "model", about: "name of the model, with Azure of the deployment; none is no model", check: anyText, fallback: "OPENAI_MODEL"},
		{key: "api-key-cmd", about: "command whose first line of output is the key, such as \"pass show llm\"", check: checkCommand},
		{key: "api-version", about: "version of Azure's interface", check: anyText},
		{key: "organization", about: "organization that is billed", check: anyText},
		{key: "openai-project", about: "project that is billed, at OpenAI", check: anyText},
		{key: "header", about: "more headers for each request, as \"Name: value\"", check: checkHeader, list: true, lines: true, secret: true},
		{key: "proxy", about: "address of a proxy; \"none\" is none, without it the environment decides", check: checkProxy, secret: true},
		{key: "ca-file", about: "file with certificates to trust besides the system's", check: anyText},
		{key: "allow-http", about: "let a key go to another machine without encryption", value: "false", check: checkBool},
	}
}

func askingSettings() []setting {
	return []setting{
		{key: "seed", about: "seed for the model's choices", check: checkInteger},
		{key: "temperature", about: "0 to 2; not sent unless it is set, nor to models that take none", check: checkTemperature},
		{key: "reasoning-effort", about: "how long a model thinks: low, medium, high, or what else it takes", check: checkWord},
		{key: "max-output", about: "most tokens of one reply", check: checkCount},
		{key: "context", about: "tokens that the model takes at once", check: checkCount},
		{key: "max-field", about: "name under which the limit of a reply is sent: max_tokens, max_completion_tokens",
			check: oneOf("name of that field", "max_tokens", "max_completion_tokens")},
		{key: "no-stream", about: "ask for whole replies", value: "false", check: checkBool},
		{key: "in-flight", about: "most requests at once; without it, as many as the server takes, up to 16", check: checkCount},
		{key: "timeout", about: "longest time for one request", value: "5m0s", check: checkTime},
		{key: "stall", about: "longest silence within a reply", value: "1m0s", check: checkTime},
		{key: "chunk", about: "tokens of the document that are read at once", check: checkCount},
		{key: "single", about: "ask one small question at a time, for the smallest models", value: "false", check: checkBool},
		{key: "glean", about: "look twice at each part of the document", value: "false", check: checkBool},
		{key: "judge", about: "let the model judge each finding against its sentences", value: "true", check: checkBool},
		{key: "prompts", about: "directory with prompts of your own; \"whatif prompts eject\" writes the built-in ones", check: anyText},
	}
}

func spendingSettings() []setting {
	return []setting{
		{key: "prices", about: "file with models and prices of your own", check: anyText},
		{key: "max-cost", about: "most dollars for one run", value: unlimited, check: checkCost, project: lower},
		{key: "max-requests", about: "most requests for one run", value: unlimited, check: orUnlimited(checkCount), project: lower},
		{key: "max-tokens", about: "most tokens for one run, sent and received", value: unlimited, check: orUnlimited(checkCount), project: lower},
		{key: "cache-dir", about: "where replies are kept, so that nothing is paid for twice", check: anyText},
		{key: "cache-size", about: "most bytes of replies to keep", value: "512MB", check: checkSize},
		{key: "no-cache", about: "neither use nor keep replies", value: "false", check: checkBool},
	}
}

func hidingSettings() []setting {
	return []setting{
		{key: "redact", about: "send placeholders for e-mail addresses, telephone and account numbers; secrets are never sent",
			value: "false", check: checkBool, project: one, only: "true"},
		{key: "redact-names", about: "file with names to send placeholders for, one a line", check: anyText},
		{key: "redact-pattern", about: "regular expression for what else to send placeholders for", check: checkPattern, list: true, lines: true},
	}
}

// modelKeys are the names of the settings for a model, in order.
func modelKeys() []string {
	var keys []string
	for _, def := range modelSettings() {
		keys = append(keys, def.key)
	}
	return keys
}

// addFallbacks takes address and model from the variables of other tools where nothing else said them. Whoever named another
// provider than OpenAI does not mean those.
func (s *settings) addFallbacks(env map[string]string) error {
	if provider := s.text("provider"); provider != "" && provider != "openai" {
		return nil
	}
	for _, def := range modelSettings() {
		value := env[def.fallback]
		if def.fallback == "" || value == "" || s.origin[def.key] != "default" {
			continue
		}
		if err := s.set(def, []string{value}, def.fallback); err != nil {
			return err
		}
	}
	return nil
}

// oneOf returns a check for a few words.
func oneOf(what string, words ...string) func(string) (string, error) {
	return func(text string) (string, error) {
		if slices.Contains(words, text) {
			return text, nil
		}
		return "", fmt.Errorf("%q is no %s; there are %s", text, what, strings.Join(words, ", "))
	}
}

// orUnlimited returns a check that also takes the word for no limit.
func orUnlimited(check func(string) (string, error)) func(string) (string, error) {
	return func(text string) (string, error) {
		if text == unlimited {
			return text, nil
		}
		return check(text)
	}
}

func checkProvider(text string) (string, error) {
	var names []string
	for _, p := range client.Presets() {
		if p.Name == strings.ToLower(text) {
			return p.Name, nil
		}
		names = append(names, p.Name)
	}
	err := fmt.Errorf("%q is no provider that is known", text)
	if name, ok := nearest(text, names); ok {
		return "", hint(err, "did you mean %s? `whatif models --providers` lists them", name)
	}
	return "", hint(err, "`whatif models --providers` lists them; for any other set base-url")
}

// checkURL takes an address that carries nothing secret. Its errors do not repeat it, for it may carry something.
func checkURL(text string) (string, error) {
	u, err := url.Parse(strings.TrimSpace(text))
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return "", errors.New("it is not an address; write it as https://llm.example.com/v1")
	case u.User != nil:
		return "", hint(errors.New("it holds a user or a password"), "a key goes into WHATIF_API_KEY, another header into header")
	case u.RawQuery != "" || u.Fragment != "":
		return "", hint(errors.New("it holds more than an address, from the ? or # on"), "leave that out; Azure's version goes into api-version")
	}
	return strings.TrimRight(u.String(), "/"), nil
}

func checkProxy(text string) (string, error) {
	if text == "none" {
		return text, nil
	}
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || !slices.Contains([]string{"http", "https", "socks5", "socks5h"}, u.Scheme) || u.Hostname() == "" {
		return "", errors.New("it is not the address of a proxy; write it as http://proxy.example:3128, or none")
	}
	return u.String(), nil
}

// checkHeader takes "Name: value". Its errors do not repeat the value, which may be a secret.
func checkHeader(text string) (string, error) {
	name, value, ok := strings.Cut(text, ":")
	name, value = strings.TrimSpace(name), strings.TrimSpace(value)
	if !ok || !httpguts.ValidHeaderFieldName(name) || !httpguts.ValidHeaderFieldValue(value) || value == "" {
		return "", errors.New("it is not a header; write it as \"Name: value\"")
	}
	return name + ": " + value, nil
}

// checkCommand takes a command line. What looks like a key is refused unseen: it would be tried as the name of a program.
func checkCommand(text string) (string, error) {
	words, err := splitCommand(text)
	if err != nil {
		return "", err
	}
	if len(words) == 1 && likeKey(words[0]) {
		return "", hint(errors.New("this is a key, not a command that prints one"), "put the key into WHATIF_API_KEY; it stands in no file and on no command line")
	}
	return text, nil
}

var keyShape = regexp.MustCompile(`^[A-Za-z0-9_-]{20,}$`)

func likeKey(word string) bool {
	return keyShape.MatchString(word) && strings.ContainsAny(word, "0123456789")
}

func checkPattern(text string) (string, error) {
	re, err := regexp.Compile(text)
	if err != nil {
		return "", fmt.Errorf("it is no regular expression: %s", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
	if re.MatchString("") {
		return "", fmt.Errorf("%q matches no text at all, so it would match everywhere", text)
	}
	return text, nil
}

func checkInteger(text string) (string, error) {
	n, err := strconv.Atoi(text)
	if err != nil {
		return "", fmt.Errorf("%q is not a whole number", text)
	}
	return strconv.Itoa(n), nil
}

func checkTemperature(text string) (string, error) {
	t, err := strconv.ParseFloat(text, 64)
	if err != nil || !(t >= 0 && t <= 2) {
		return "", fmt.Errorf("%q is not a number from 0 to 2", text)
	}
	return strconv.FormatFloat(t, 'f', -1, 64), nil
}

func checkWord(text string) (string, error) {
	if text == "" || strings.Trim(text, "abcdefghijklmnopqrstuvwxyz_-") != "" {
		return "", fmt.Errorf("%q is not a word such as low, medium or high", text)
	}
	return text, nil
}

// checkCost takes dollars, with or without the sign.
func checkCost(text string) (string, error) {
	if text == unlimited {
		return text, nil
	}
	usd, err := strconv.ParseFloat(strings.TrimPrefix(text, "$"), 64)
	if err != nil || !(usd > 0) || math.IsInf(usd, 0) {
		return "", fmt.Errorf("%q is not an amount of dollars above 0, such as 0.50", text)
	}
	return strconv.FormatFloat(usd, 'f', -1, 64), nil
}

// amount returns a limit's value as a number that can be compared with others of the same limit.
func amount(text string) float64 {
	if text == unlimited {
		return math.Inf(1)
	}
	if n, err := strconv.ParseFloat(text, 64); err == nil {
		return n
	}
	if d, err := time.ParseDuration(text); err == nil {
		return float64(d)
	}
	n, _ := parseSize(text)
	return float64(n)
}

// limit returns the value of a limit, 0 if there is none.
func (s *settings) limit(key string) float64 {
	if n := amount(s.text(key)); !math.IsInf(n, 0) {
		return n
	}
	return 0
}
