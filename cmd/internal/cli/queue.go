package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"whatif/analyzer/scan/queue"
)

// queueSettings lists the settings that say where the queue is. A project's file can set none of them: documents go there.
func queueSettings() []setting {
	return []setting{
		{key: "queue", about: "address of a NATS server with JetStream, such as nats://queue.example.com; \"whatif help scaling\"", check: checkQueue, secret: true},
		{key: "queue-creds", about: "file with NATS credentials", check: anyText},
		{key: "queue-ca", about: "file with certificates to trust for the queue besides the system's", check: anyText},
		{key: "queue-name", about: "what keeps this queue apart from others on the same server", value: queue.DefaultName, check: checkQueueName},
		{key: "queue-replicas", about: "servers of a cluster that keep what is in the queue: 1, 3 or 5", value: "1", check: oneOf("number of replicas", "1", "3", "5")},
	}
}

// queueKeys are the names of the settings for a queue.
func queueKeys() []string {
	var keys []string
	for _, def := range queueSettings() {
		keys = append(keys, def.key)
	}
	return keys
}

func checkQueue(text string) (string, error) { return text, queue.CheckURL(text) }

func checkQueueName(text string) (string, error) { return text, queue.CheckName(text) }

// openQueue connects to the queue that the settings name, and says where that is. what names this side, for the server's lists.
func (a *app) openQueue(ctx context.Context, s *settings, what string, tell func(string)) (*queue.Queue, *queue.Conn, error) {
	if s.text("queue") == "" {
		return nil, nil, hint(errors.New("no queue is named"), "name a NATS server with --queue or WHATIF_QUEUE; `whatif help scaling` tells how to run one")
	}
	conn, err := queue.Dial(ctx, queue.DialOptions{URL: s.text("queue"), Creds: s.text("queue-creds"), CA: s.text("queue-ca"), Name: "whatif " + what, Tell: tell})
	if err != nil {
		return nil, nil, hint(err, "`whatif help scaling` tells how to run a server")
	}
	if conn.Unencrypted() {
		a.message("note: ", "documents and drafts go to "+conn.Host()+" unencrypted; an address with tls:// would not")
	}
	replicas, _ := strconv.Atoi(s.text("queue-replicas")) // checked when it was set
	q, err := queue.Open(ctx, conn, queue.Options{Name: s.text("queue-name"), Replicas: replicas})
	if err != nil {
		conn.Close()
		return nil, nil, hint(err, "`whatif help scaling` tells how to set up a server")
	}
	return q, conn, nil
}

// limitTexts returns the limits for reading a document, as a run's description carries them.
func limitTexts(s *settings) map[string]string {
	texts := map[string]string{}
	for _, key := range limitKeys {
		texts[key] = s.text(key)
	}
	return texts
}

// A texts is a run's own questions and rules as files, for the loaders.
type texts struct{ dir, framework, rules string }

// unpack writes a run's questions and rules into a new directory. No name in it comes from the run.
func unpack(r *queue.RunSettings) (*texts, error) {
	dir, err := os.MkdirTemp("", "whatif-run-")
	if err != nil {
		return nil, fmt.Errorf("unpacking a scan's questions: %w", err)
	}
	t := &texts{dir: dir}
	if r.Framework != "" {
		t.framework = filepath.Join(dir, "framework.yaml")
		err = os.WriteFile(t.framework, []byte(r.Framework), 0o600)
	}
	for i, f := range r.Rules {
		t.rules = filepath.Join(dir, "rules")
		err = errors.Join(err, os.MkdirAll(t.rules, 0o700), os.WriteFile(filepath.Join(t.rules, fmt.Sprintf("%04d.yaml", i)), []byte(f.Text), 0o600))
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("unpacking a scan's questions: %w", err), t.remove())
	}
	return t, nil
}

func (t *texts) remove() error { return os.RemoveAll(t.dir) }

// pack reads the user's own questions and rules for a run's description.
func pack(s *settings, r *queue.RunSettings) error {
	if path := s.text("framework"); path != "" {
		data, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("reading framework: %w", err)
		}
		r.Framework = string(data)
	}
	for _, path := range s.values.GetStringSlice("rules") {
		files := []string{path}
		if info, err := os.Stat(path); err == nil && info.IsDir() {
			entries, err := os.ReadDir(path)
			if err != nil {
				return fmt.Errorf("reading rules: %w", err)
			}
			files = nil
			for _, e := range entries {
				if filepath.Ext(e.Name()) == ".yaml" {
					files = append(files, filepath.Join(path, e.Name()))
				}
			}
			slices.Sort(files)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				return fmt.Errorf("reading rules: %w", err)
			}
			r.Rules = append(r.Rules, queue.RuleFile{Name: filepath.Base(name), Text: string(data)})
		}
	}
	return nil
}
