package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os/exec"
	"slices"
	"strings"
	"time"

	"whatif/analyzer/llm/client"
)

// maxKeyTime is how long a command may take to print the key: long enough for a person to unlock a password manager.
const maxKeyTime = 30 * time.Second

// maxKey is how many bytes a key may have.
const maxKey = 16 << 10

// key returns the key for an endpoint, "" if there is none. It comes from where the user put it for whatif; the variables of
// other tools count only for the endpoint that they are for, so that no key goes where it does not belong.
func (a *app) key(ctx context.Context, s *settings, p client.Preset) (string, error) {
	command := s.text("api-key-cmd")
	if key := a.env[keyVariable]; key != "" && !strings.HasPrefix(s.origin["api-key-cmd"], "--") {
		return cleanKey(key, keyVariable)
	}
	if command != "" {
		key, err := a.keyFrom(ctx, command)
		if err != nil {
			return "", fmt.Errorf("%s: %w", named(s.origin["api-key-cmd"], "api-key-cmd"), err)
		}
		return cleanKey(key, "api-key-cmd")
	}
	for _, name := range keyVariables(s, p) {
		if key := a.env[name]; key != "" {
			return cleanKey(key, name)
		}
	}
	return "", nil
}

// keyVariables are the variables of other tools that hold a key for the endpoint.
func keyVariables(s *settings, p client.Preset) []string {
	var names []string
	own := p.BaseURL == "" || sameOrigin(s.text("base-url"), p.BaseURL) || s.text("base-url") == ""
	if p.KeyVariable != "" && own {
		names = append(names, p.KeyVariable)
	}
	if s.origin["base-url"] == "OPENAI_BASE_URL" && !slices.Contains(names, "OPENAI_API_KEY") {
		names = append(names, "OPENAI_API_KEY")
	}
	return names
}

// keyAdvice says how to give the endpoint a key, and why one that is there was not sent.
func (a *app) keyAdvice(s *settings, p client.Preset) string {
	wanted := append(keyVariables(s, p), keyVariable)
	advice := "put the key into " + strings.Join(wanted, " or ") + ", or name a command that prints it: api-key-cmd"
	if a.env["OPENAI_API_KEY"] != "" && !slices.Contains(wanted, "OPENAI_API_KEY") {
		advice += "; OPENAI_API_KEY is set, but goes to OpenAI's own endpoint and that of OPENAI_BASE_URL only"
	}
	return advice
}

// sameOrigin reports whether two addresses have scheme and host in common.
func sameOrigin(one, two string) bool {
	a, errA := url.Parse(one)
	b, errB := url.Parse(two)
	return errA == nil && errB == nil && a.Host != "" && a.Scheme == b.Scheme && strings.EqualFold(a.Host, b.Host)
}

// cleanKey takes the white space off a key that was copied with it, and refuses what cannot be one. It never shows it.
func cleanKey(key, from string) (string, error) {
	key = strings.TrimSpace(key)
	switch {
	case key == "":
		return "", fmt.Errorf("%s gives an empty key", from)
	case len(key) > maxKey:
		return "", fmt.Errorf("%s gives a key of more than %s", from, formatSize(maxKey))
	case strings.IndexFunc(key, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0:
		return "", hint(fmt.Errorf("%s gives something that is no key: it holds white space or other signs that no key has", from), "copy the key alone")
	}
	return key, nil
}

// keyFrom runs a command and returns the first line that it prints. What it prints is in no error.
func (a *app) keyFrom(ctx context.Context, command string) (string, error) {
	words, err := splitCommand(command)
	if err != nil {
		return "", err
	}
	within, cancel := context.WithTimeout(ctx, maxKeyTime)
	defer cancel()
	cmd := exec.CommandContext(within, words[0], words[1:]...)
	var out, messages bounded
	cmd.Stdout, cmd.Stderr = &out, &messages // no input: that may be the document
	cmd.WaitDelay = time.Second
	for name, value := range a.env {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	slices.Sort(cmd.Env)
	err = cmd.Run()
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil // it is done, and left something running that could still print
	}
	first, _, _ := strings.Cut(out.String(), "\n")
	a.message("api-key-cmd: ", withoutKey(messages.String(), out.String()))
	exit := (*exec.ExitError)(nil)
	switch {
	case ctx.Err() != nil:
		return "", ctx.Err()
	case within.Err() != nil:
		return "", fmt.Errorf("the command took longer than %v", maxKeyTime)
	case errors.As(err, &exit):
		return "", hint(fmt.Errorf("the command failed: %s", exit.ProcessState), "run it by itself to see what it does")
	case err != nil:
		return "", hint(errors.New("the command could not be started"), "its first word is the program: write its whole path, or check that it is there; no shell is used")
	}
	return first, nil
}

// maxMessages is how many bytes of a command's messages are shown.
const maxMessages = 2 << 10

// withoutKey returns a command's messages without what it printed as the key: some tell what they do, with the key.
func withoutKey(messages, printed string) string {
	for line := range strings.Lines(printed) {
		if line = strings.TrimSpace(line); len(line) >= 4 {
			messages = strings.ReplaceAll(messages, line, "[secret]")
		}
	}
	if len(messages) > maxMessages {
		messages = strings.ToValidUTF8(messages[:maxMessages], "") + "…"
	}
	return messages
}

// A bounded buffer keeps the first bytes that are written to it and drops the others.
type bounded struct{ bytes.Buffer }

func (b *bounded) Write(p []byte) (int, error) {
	if room := maxKey + 1 - b.Len(); room > 0 {
		b.Buffer.Write(p[:min(room, len(p))])
	}
	return len(p), nil
}

// ReadFrom keeps the buffer's own, which knows no bound, out of the way of [io.Copy].
func (b *bounded) ReadFrom(r io.Reader) (int64, error) { return io.Copy(struct{ io.Writer }{b}, r) }

// splitCommand splits a command line at blanks as a shell does, and no further: nothing in it is expanded. Quotation marks keep
// words together; a backslash before a quotation mark, a blank or a backslash takes their meaning away.
func splitCommand(line string) ([]string, error) {
	var words []string
	var word strings.Builder
	var quote rune
	inWord := false
	runes := []rune(line)
	for i := 0; i < len(runes); i++ {
		r := runes[i]
		switch {
		case r == '\\' && quote != '\'' && i+1 < len(runes) && strings.ContainsRune(`"'\ `, runes[i+1]):
			i++
			word.WriteRune(runes[i])
			inWord = true
		case quote != 0 && r == quote:
			quote = 0
		case quote == 0 && (r == '\'' || r == '"'):
			inWord, quote = true, r
		case quote == 0 && strings.ContainsRune(" \t\r\n", r):
			if inWord {
				words = append(words, word.String())
			}
			inWord = false
			word.Reset()
		default:
			inWord = true
			word.WriteRune(r)
		}
	}
	if quote != 0 {
		return nil, errors.New("a quotation mark in the command has no end")
	}
	if inWord {
		words = append(words, word.String())
	}
	if len(words) == 0 || words[0] == "" {
		return nil, errors.New("there is no command")
	}
	return words, nil
}
