package caller

import (
	"context"
	"encoding/json"
	"errors"

	"whatif/analyzer/llm/client"
)

// A Correspondent is a model that is asked by letter: a run's questions are sent together, and their replies are there for a later
// run. A caller that asks one holds nothing back for the server's prefix cache, and goes down the ladder piece by piece.
type Correspondent interface {
	client.Model
	// Post returns the reply to a letter if it has come. Else it takes the letter and returns a *Stopped that wraps ErrWaiting.
	// Other errors are Complete's.
	Post(ctx context.Context, l Letter) (*client.Reply, error)
}

// A Letter is a request with the key under which its reply is found again: that of its cache entry, whatever its marks are today.
type Letter struct {
	Key        [32]byte
	Pass, Name string
	Request    *client.Request
}

// ErrWaiting is wrapped by a Stopped whose reply is on its way: the same question has it in a later run.
var ErrWaiting = errors.New("the reply is on its way")

// Encode returns a reply as it lies in a cache.
func Encode(r *client.Reply, f client.Format) []byte {
	data, _ := json.Marshal(&keptReply{memoryVersion, r.Text, r.Finish, r.Usage, r.Model, f}) // texts and numbers always can be
	return data
}

// Rung returns the format that held in an earlier run of a model with the identity, as the cache remembers it, "" if it does not.
func Rung(cache Cache, identity string) client.Format {
	m := &memory{cache: cache, identity: identity}
	return m.rung()
}

// Below returns the format that is tried after f, "" if there is none.
func Below(f client.Format) client.Format { return below(f) }
