package caller

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"sync"

	"whatif/analyzer/llm/client"
)

// A memory keeps accepted replies, and the rung that holds, between runs. Without a cache it keeps nothing.
type memory struct {
	cache    Cache
	identity string
	start    client.Format
	full     sync.Once // the cache's failure was reported
}

// memoryVersion is raised when what is kept changes its meaning.
const memoryVersion = 1

// A keptReply is an accepted reply as it lies in the cache.
type keptReply struct {
	Version int           `json:"version"`
	Text    string        `json:"text"`
	Finish  client.Finish `json:"finish"`
	Usage   client.Usage  `json:"usage"`
	Model   string        `json:"model"`
	Format  client.Format `json:"format"`
}

// A keptRung is the rung of the ladder that held for an endpoint and model.
type keptRung struct {
	Version int           `json:"version"`
	Format  client.Format `json:"format"`
}

// key returns the hash of everything that shapes a reply. The format is not part of it: a reply that was accepted is as good,
// however its form was demanded.
func (m *memory) key(q Question) [32]byte {
	blank := blanker(q.Volatile)
	r := q.Request
	parts := []string{"whatif reply", m.identity, blank.Replace(r.System), blank.Replace(r.User), strconv.Itoa(r.MaxTokens)}
	if r.Schema != nil {
		parts = append(parts, r.Schema.Name, string(r.Schema.JSON))
	}
	return hash(parts)
}

// blanker replaces the strings by nothing, the longest first where several begin at one place.
func blanker(volatile []string) *strings.Replacer {
	v := slices.DeleteFunc(slices.Clone(volatile), func(s string) bool { return s == "" })
	slices.SortFunc(v, func(a, b string) int { return len(b) - len(a) })
	pairs := make([]string, 0, 2*len(v))
	for _, s := range v {
		pairs = append(pairs, s, "")
	}
	return strings.NewReplacer(pairs...)
}

// hash hashes strings so that no two lists of them are taken for one.
func hash(parts []string) (sum [32]byte) {
	h := sha256.New()
	for _, s := range parts {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		h.Write([]byte(s))
	}
	h.Sum(sum[:0])
	return sum
}

// reply returns the reply that is kept under a key.
func (m *memory) reply(key [32]byte) (*keptReply, bool) {
	var k keptReply
	if !m.get(key, &k) || k.Version != memoryVersion || k.Text == "" {
		return nil, false
	}
	return &k, true
}

// rung returns the rung that is remembered, "" if none is.
func (m *memory) rung() client.Format {
	var k keptRung
	if !m.get(m.rungKey(), &k) || k.Version != memoryVersion || below(k.Format) == "" && k.Format != client.PlainText {
		return ""
	}
	return k.Format
}

func (m *memory) rungKey() [32]byte {
	return hash([]string{"whatif rung", m.identity, string(m.start)})
}

func (m *memory) get(key [32]byte, v any) bool {
	if m.cache == nil {
		return false
	}
	data, ok := m.cache.Get(key)
	return ok && json.Unmarshal(data, v) == nil
}

// keep puts v into the cache. That it can't is a note, once: the run goes on.
func (c *Caller) keep(key [32]byte, v any) {
	m := &c.kept
	if m.cache == nil {
		return
	}
	data, err := json.Marshal(v)
	if err == nil {
		err = m.cache.Put(key, data)
	}
	if err != nil {
		m.full.Do(func() {
			c.events.tell(Event{State: "note", Detail: "replies can't be kept, so a re-run will pay for them again: " + err.Error()})
		})
	}
}
