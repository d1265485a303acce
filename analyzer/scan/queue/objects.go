package queue

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Names of objects. They are made of hashes alone.
func contentName(run, sum string) string { return "in." + run + "." + sum }
func draftsName(run, task, sum string) string {
	return "out." + run + "." + task + "." + sum
}

// chunk is the size of an object's pieces, each of which is a message: whole, but for the last.
//
// The client's own object store is not used: it takes five times as many round trips, which a thousand short documents feel, and what
// it does is not safe to be done twice at once.
const chunk = 256 << 10

// chunks returns how many pieces an object of a size has.
func chunks(size int64) int { return max(int((size+chunk-1)/chunk), 1) }

func (q *Queue) objectSubject(name, piece string) string {
	return "whatif." + q.name + ".object." + name + "." + piece
}

// putObject keeps data under a name that is made from its hash. What is there already is the same, and is not sent again if it is long.
func (q *Queue) putObject(ctx context.Context, name string, data []byte) error {
	n := chunks(int64(len(data)))
	if n > 1 && q.hasObject(ctx, name, n) {
		return nil
	}
	for i := range n {
		piece := data[min(i*chunk, len(data)):min((i+1)*chunk, len(data))]
		if err := q.publish(ctx, q.objectSubject(name, strconv.Itoa(i)), piece); err != nil {
			return err
		}
	}
	return nil
}

// hasObject reports whether an object of n pieces is there. Where that is not known, it is not.
func (q *Queue) hasObject(ctx context.Context, name string, n int) bool {
	within, cancel := context.WithTimeout(ctx, requestTime)
	defer cancel()
	info, err := q.objects.Info(within, jetstream.WithSubjectFilter(q.objectSubject(name, "*")))
	return err == nil && len(info.State.Subjects) == n
}

// errObject is wrapped by the error for an object that is not there, or is not what it should be.
var errObject = errors.New("the queue does not have its bytes")

// getObject returns the object with a name if it has the size and the SHA-256 that it should have.
func (q *Queue) getObject(ctx context.Context, name, sum string, size int64) ([]byte, error) {
	data := make([]byte, 0, size)
	for i := range chunks(size) {
		piece, err := q.getPiece(ctx, q.objectSubject(name, strconv.Itoa(i)))
		if err != nil {
			return nil, err
		}
		if data = append(data, piece...); int64(len(data)) > size {
			break
		}
	}
	if sumOf(data) != sum {
		return nil, fmt.Errorf("%w: it has others", errObject)
	}
	return data, nil
}

// getPiece returns a piece of an object. One that was just written may not have come to all servers of a cluster yet.
func (q *Queue) getPiece(ctx context.Context, subject string) ([]byte, error) {
	for tries := 0; ; tries++ {
		msg, err := q.last(ctx, q.objects, subject)
		switch {
		case err != nil:
			return nil, err
		case msg != nil:
			return msg.Data, nil
		case tries == 3:
			return nil, fmt.Errorf("%w any more", errObject)
		}
		if err := sleep(ctx, 50*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

// deleteObject deletes an object, if it is there.
func (q *Queue) deleteObject(ctx context.Context, name string) error {
	return q.purge(ctx, q.objects, q.objectSubject(name, "*"))
}

// publish puts a message on a stream. It may be there twice afterwards, where the stream lets it.
func (q *Queue) publish(ctx context.Context, subject string, data []byte) error {
	return q.try(ctx, requestTime, func(ctx context.Context) error {
		_, err := q.js.PublishMsg(ctx, &nats.Msg{Subject: subject, Data: data})
		return err
	})
}

// last returns the message with a subject, nil if there is none.
func (q *Queue) last(ctx context.Context, s jetstream.Stream, subject string) (msg *jetstream.RawStreamMsg, err error) {
	err = q.try(ctx, requestTime, func(ctx context.Context) error {
		msg, err = s.GetLastMsgForSubject(ctx, subject)
		return err
	})
	if errors.Is(err, jetstream.ErrMsgNotFound) {
		return nil, nil
	}
	return msg, err
}

// purge deletes the messages with a subject, which may have wild cards.
func (q *Queue) purge(ctx context.Context, s jetstream.Stream, subject string) error {
	return q.try(ctx, requestTime, func(ctx context.Context) error { return s.Purge(ctx, jetstream.WithPurgeSubject(subject)) })
}
