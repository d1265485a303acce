// Package queue takes the documents of a scan to workers on other machines, over NATS JetStream.
//
// In come tasks; out comes what the workers made of them, each once. The queue redelivers what a worker that died had taken, and all
// workers of a scan share one cache of replies and one purse. [Line] is the scan's side, [Queue.Serve] a worker's.
package queue

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Options name a queue's place on a server.
type Options struct {
	// Name keeps apart what different users of one server do: it is part of the name of each stream, bucket and subject. 1 to 32
	// letters, digits, - and _; "" is DefaultName.
	Name     string
	Replicas int // of each stream, when it is made: 1, or 3 and 5 in a cluster; 0: 1

	liveTTL time.Duration // tests have less patience
}

// DefaultName is the name of a queue that is given none.
const DefaultName = "whatif"

// MaxAge is how long the server keeps tasks, results, documents and replies that nobody takes or deletes.
const MaxAge = 7 * 24 * time.Hour

// liveTTL is how long a worker that says nothing counts as alive.
const liveTTL = time.Minute

// A Queue is a scan's or a worker's view of the streams and buckets of one name. Many goroutines may use it.
type Queue struct {
	conn *Conn
	nc   *nats.Conn
	js   jetstream.JetStream
	name string

	tasks   jetstream.Stream   // what is to be done: one message a document, gone when it is acknowledged
	results jetstream.Stream   // what came of it, until the scan takes it
	dead    jetstream.Stream   // tasks that no worker finished, for people
	runs    jetstream.KeyValue // run descriptions, purses, and how often a task was given back
	live    jetstream.KeyValue // workers, each while it is alive
	replies jetstream.KeyValue // of the model
	objects jetstream.Stream   // documents, drafts, and replies that are too long for a message, in pieces

	liveTTL time.Duration
}

// CheckName reports what is wrong with a queue's name.
func CheckName(name string) error {
	if !nameShape.MatchString(name) {
		return fmt.Errorf("%q is no name for a queue; it has 1 to 32 letters, digits, - and _", name)
	}
	return nil
}

var nameShape = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)

// Open finds the streams and buckets of a queue, and makes those that are missing.
func Open(ctx context.Context, conn *Conn, opt Options) (*Queue, error) {
	if opt.Name == "" {
		opt.Name = DefaultName
	}
	if err := CheckName(opt.Name); err != nil {
		return nil, err
	}
	js, err := jetstream.New(conn.nc)
	if err != nil {
		return nil, fmt.Errorf("opening the queue at %s: %w", conn.Host(), err)
	}
	q := &Queue{conn: conn, nc: conn.nc, js: js, name: opt.Name, liveTTL: cmp.Or(opt.liveTTL, liveTTL)}
	within, cancel := context.WithTimeoutCause(ctx, 3*requestTime, errors.New("the server does not answer"))
	defer cancel()
	if conn.nc.MaxPayload() < 2*chunk {
		err = fmt.Errorf("the server takes messages of %d bytes at most, and max_payload must be %d or more", conn.nc.MaxPayload(), 2*chunk)
	} else if _, err = js.AccountInfo(within); err == nil {
		err = q.try(within, requestTime, func(ctx context.Context) error { return q.open(ctx, max(opt.Replicas, 1)) })
	}
	if err != nil {
		return nil, fmt.Errorf("opening the queue %s at %s: %w", opt.Name, conn.Host(), plain(err))
	}
	return q, nil
}

// bucket returns the name of one of the queue's streams or buckets.
func (q *Queue) bucket(what string) string { return "WHATIF_" + q.name + "_" + what }

// subject returns the subject of a task's message. What follows what are hex digits, or wild cards.
func (q *Queue) subject(what, run, task string) string {
	return "whatif." + q.name + "." + what + "." + run + "." + task
}

// open finds or makes the streams. Those that are there are left as they are: they may be tuned by hand.
func (q *Queue) open(ctx context.Context, replicas int) (err error) {
	stream := jetstream.StreamConfig{Storage: jetstream.FileStorage, Replicas: replicas, MaxAge: MaxAge, MaxMsgsPerSubject: 1, MaxMsgSize: maxMessage, AllowDirect: true}
	tasks, results, dead, objects := stream, stream, stream, stream
	tasks.Name, tasks.Subjects = q.bucket("tasks"), []string{q.subject("task", "*", "*")}
	tasks.Retention, tasks.Discard, tasks.DiscardNewPerSubject = jetstream.WorkQueuePolicy, jetstream.DiscardNew, true // a task that is there is not added again
	results.Name, results.Subjects = q.bucket("results"), []string{q.subject("result", "*", "*")}
	dead.Name, dead.Subjects = q.bucket("dead"), []string{q.subject("dead", "*", "*")}
	objects.Name, objects.Subjects, objects.MaxMsgSize = q.bucket("objects"), []string{"whatif." + q.name + ".object.>"}, 2*chunk
	for _, s := range []struct {
		to  *jetstream.Stream
		cfg jetstream.StreamConfig
	}{{&q.tasks, tasks}, {&q.results, results}, {&q.dead, dead}, {&q.objects, objects}} {
		if *s.to, err = q.js.Stream(ctx, s.cfg.Name); errors.Is(err, jetstream.ErrStreamNotFound) {
			*s.to, err = q.js.CreateStream(ctx, s.cfg)
		}
		if err != nil {
			return err
		}
	}
	return q.openBuckets(ctx, replicas)
}

func (q *Queue) openBuckets(ctx context.Context, replicas int) (err error) {
	for _, b := range []struct {
		to   *jetstream.KeyValue
		name string
		ttl  time.Duration
	}{{&q.runs, "runs", MaxAge}, {&q.live, "live", q.liveTTL}, {&q.replies, "replies", MaxAge}} {
		if *b.to, err = q.js.KeyValue(ctx, q.bucket(b.name)); errors.Is(err, jetstream.ErrBucketNotFound) {
			*b.to, err = q.js.CreateKeyValue(ctx, jetstream.KeyValueConfig{Bucket: q.bucket(b.name), TTL: b.ttl, Storage: jetstream.FileStorage, Replicas: replicas})
		}
		if errors.Is(err, jetstream.ErrBucketExists) { // somebody was faster
			*b.to, err = q.js.KeyValue(ctx, q.bucket(b.name))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Remove deletes all streams and buckets of the queue, with all that is in them.
func (q *Queue) Remove(ctx context.Context) error {
	var failed []error
	for _, name := range []string{"tasks", "results", "dead", "objects"} {
		failed = append(failed, q.js.DeleteStream(ctx, q.bucket(name)))
	}
	for _, name := range []string{"runs", "live", "replies"} {
		failed = append(failed, q.js.DeleteKeyValue(ctx, q.bucket(name)))
	}
	return errors.Join(failed...)
}
