package queue

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"whatif/analyzer/record"
	"whatif/analyzer/scan"
)

// A message of a newer version is left alone, and told; it is no try, and the newer worker gets it.
func TestNewerVersion(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	q := dial(t, s, nil)
	d := new(diary)
	opt := quick(maker(draft))
	opt.Tell = d.tell
	w := begin(t, q, opt)
	run, id := strings.Repeat("a", 32), strings.Repeat("b", 32)
	if err := q.publish(t.Context(), q.subject("task", run, id), []byte(`{"version":2,"wish":{"of":"the future"}}`)); err != nil {
		t.Fatal(err)
	}
	until(t, "it is told", func() bool { return d.count("version 2") == 1 })
	until(t, "it was taken again and again", func() bool {
		e, err := q.runs.Get(t.Context(), "back."+run+"."+id)
		return err == nil && e.Revision() > 0 && string(e.Value()) > "3"
	})
	whole(t, work(t.Context(), line(t, q, LineOptions{}), names("d", 3)), names("d", 3))
	if i, err := q.tasks.Info(t.Context()); err != nil || i.State.Msgs != 1 || d.count("version 2") != 1 {
		t.Errorf("%d messages, %v; told %q", i.State.Msgs, err, d.lines)
	}
	w.quit()
	<-w.done
}

// Malformed messages are taken out, told, and hurt nobody.
func TestMalformed(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	q := dial(t, s, nil)
	d := new(diary)
	opt := quick(maker(draft))
	opt.Tell = d.tell
	run := strings.Repeat("a", 32)
	sum := strings.Repeat("0", 64)
	bad := []string{
		"", "{", "null", "[]", `{"version":0}`, `{"version":"1"}`, `{"version":1,"name":5}`,
		`{"version":1,"name":"","sha256":"` + sum + `"}`,
		`{"version":1,"name":"x","sha256":"../../etc"}`,
		`{"version":1,"name":"x","sha256":"` + sum + `","bytes":-1}`,
		`{"version":1,"name":"x","sha256":"` + sum + `"}`, // of another subject
		`{"version":1,"name":"` + strings.Repeat("x", maxName+1) + `","sha256":"` + sum + `"}`,
	}
	for i, data := range bad {
		if err := q.publish(t.Context(), q.subject("task", run, fmt.Sprintf("%032x", i)), []byte(data)); err != nil {
			t.Fatal(err)
		}
	}
	if err := q.publish(t.Context(), q.subject("task", "x", "y"), []byte("{}")); err != nil {
		t.Fatal(err)
	}
	gone, orphan := taskID(run, "x", sum), fmt.Sprintf(`{"version":1,"name":"x","sha256":"%s"}`, sum)
	if err := q.publish(t.Context(), q.subject("task", run, gone), []byte(orphan)); err != nil {
		t.Fatal(err)
	}
	begin(t, q, opt)
	whole(t, work(t.Context(), line(t, q, LineOptions{}), names("d", 3)), names("d", 3))
	until(t, "all are taken out", func() bool { i, err := q.tasks.Info(t.Context()); return err == nil && i.State.Msgs == 0 })
	if d.count("malformed") < 5 || d.count("not known any more") != 1 {
		t.Errorf("told %q", d.lines)
	}
}

// Results that were not asked for, that are forged or broken, do no more harm than a document that is to be done again.
func TestForgedResults(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	q := dial(t, s, nil)
	l := line(t, q, LineOptions{})
	say := func(id, text string) {
		if err := q.publish(t.Context(), q.subject("result", l.run, id), []byte(text)); err != nil {
			t.Error(err)
		}
	}
	result := func(id string, data []byte) string {
		sum := sumOf(data)
		if err := q.putObject(t.Context(), draftsName(l.run, id, sum), data); err != nil {
			t.Error(err)
		}
		return fmt.Sprintf(`{"version":1,"object":"%s","bytes":%d}`, sum, len(data))
	}
	all := names("d", 5)
	ids := make([]string, 5)
	for i, name := range all {
		ids[i] = taskID(l.run, name, sumOf([]byte(name)))
	}
	say(ids[0], `{"version":1,"object":"../../x","bytes":7}`)
	say(ids[1], `{"version":1,"object":"`+strings.Repeat("0", 64)+`","bytes":7}`) // not there
	say(ids[2], result(ids[2], []byte("no gzip")))
	say(ids[3], result(ids[3], pack(t, drafts{Version: 1, Record: &record.Record{Name: "../../evil", Path: "p", SHA256: "x", Of: "y", State: record.Done,
		Files: []string{"/etc/passwd"}}, Files: []draftFile{{"md", []byte("x")}}})))
	say(ids[4], result(ids[4], pack(t, drafts{Version: 1, Record: &record.Record{State: record.Done}, Files: []draftFile{{"../../sh", []byte("x")}}})))
	say(strings.Repeat("c", 32), "{}")
	got := work(t.Context(), l, all)
	if got.err != nil || len(got.made) != 5 {
		t.Fatalf("got %q, %v", got.names(), got.err)
	}
	for i, name := range all {
		r := got.record(name)
		switch {
		case i == 3 && (r.State != record.Done || r.SHA256 != sumOf([]byte(name)) || r.Of != "" || r.Files != nil):
			t.Errorf("%s: %+v", name, r)
		case i != 3 && (r.State != record.Failed || r.Reason != "bad_result"):
			t.Errorf("%s: %+v", name, r)
		}
	}
}

func pack(t testing.TB, d drafts) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if err := json.NewEncoder(z).Encode(d); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A document whose bytes are not those that were announced is not analysed.
func TestForgedContent(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	q := dial(t, s, nil)
	l := line(t, q, LineOptions{})
	name := "d00.md"
	got := make(chan *scanned, 1)
	go func() { got <- work(t.Context(), l, []string{name}) }()
	until(t, "it is there", func() bool { i, err := q.tasks.Info(t.Context()); return err == nil && i.State.Msgs == 1 })
	if err := q.putObject(t.Context(), contentName(l.run, sumOf([]byte(name))), []byte("forged")); err != nil {
		t.Fatal(err)
	}
	begin(t, dial(t, s, nil), quick(maker(draft)))
	if r := (<-got).record(name); r.State != record.Failed || !strings.Contains(r.Detail, errObject.Error()) {
		t.Errorf("got %+v", r)
	}
}

// A worker that can't work for a scan leaves it to others, says why to its scan, and the others do all of it.
func TestRefusal(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	here, there := new(diary), new(diary)
	opt := quick(nil)
	opt.Tell = here.tell
	opt.Maker = func(r Run) (scan.Maker, error) { return nil, r.Mismatch("2.0.0", "") }
	begin(t, dial(t, s, nil), opt)
	l := line(t, dial(t, s, nil), LineOptions{Tell: there.tell})
	got := make(chan *scanned, 1)
	go func() { got <- work(t.Context(), l, names("d", 12)) }()
	until(t, "both are told", func() bool { return here.count("whatif 1.0.0") == 1 && there.count("the worker w: ") == 1 })
	begin(t, dial(t, s, nil), quick(maker(draft)))
	whole(t, <-got, names("d", 12))
}

// Where there is no worker, the user is told.
func TestNoWorker(t *testing.T) {
	t.Parallel()
	s := startServer(t, t.TempDir(), -1)
	d := new(diary)
	l := line(t, dial(t, s, nil), LineOptions{Tell: d.tell, Look: 20 * time.Millisecond})
	ctx, cancel := context.WithCancel(t.Context())
	got := make(chan *scanned, 1)
	go func() { got <- work(ctx, l, names("d", 2)) }()
	until(t, "it is told", func() bool { return d.count("no worker") == 1 })
	cancel()
	<-got
}

// What comes from the queue never makes the program panic, and what is accepted stays within bounds.
func FuzzDecode(f *testing.F) {
	run := strings.Repeat("a", 32)
	f.Add("whatif.x.task."+run+"."+run, []byte(`{"version":1,"name":"x"}`))
	f.Add("whatif.x.task."+run+".stop", []byte(`{"version":9}`))
	f.Add("", pack(f, drafts{Version: 1, Record: &record.Record{State: record.Done}, Files: []draftFile{{"md", []byte("x")}}}))
	f.Fuzz(func(t *testing.T, subject string, data []byte) {
		if m, err := decodeTask(subject, data); err == nil && (m.Name == "" || taskID(m.run, m.Name, m.SHA256) != m.id) {
			t.Errorf("accepted %+v", m)
		}
		var r resultMessage
		_ = decode(data, &r)
		known := &scan.Task{Num: 4, Name: "d.md", SHA256: sumOf(nil)}
		if m, err := decodeMade(data, known, 0); err == nil && (m.Num != 4 || m.Record.Name != "d.md" || len(m.Files) > 3 || m.Record.Files != nil) {
			t.Errorf("accepted %+v", m)
		}
	})
}
