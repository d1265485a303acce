package analyzer

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"sync"
	"sync/atomic"

	"whatif/analyzer/framework"
	"whatif/analyzer/proposal"
	"whatif/analyzer/rules"
	"whatif/prompts"
)

// Sum returns the SHA-256, in hex, of everything but the document that shapes a draft's contents: it is the draft's prompts_sha256.
func (opt *Options) Sum() (string, error) {
	engine, fw, err := opt.parts()
	if err != nil {
		return "", err
	}
	return promptsSum(fw, opt.Rules, engine)
}

// promptsSum returns the SHA-256 of everything but the document that shapes a draft: the embedded prompts, lexicons and
// rules by path, the questions that were asked, the rules that were added, and the prompts that the engine uses.
func promptsSum(fw *framework.Framework, book *rules.Book, engine proposal.Engine) (string, error) {
	hash := sha256.New()
	embedded, err := embeddedPrompts()
	if err != nil {
		return "", fmt.Errorf("hashing the prompts: %w", err)
	}
	hash.Write(embedded)
	asked, err := encoded(fw)
	if err != nil {
		return "", fmt.Errorf("hashing the questions: %w", err)
	}
	hash.Write(asked)
	if book != nil {
		fmt.Fprint(hash, book.Sum())
	}
	if said, ok := engine.(interface{ Sum() string }); ok {
		fmt.Fprint(hash, said.Sum())
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// An encodedFramework is a framework as JSON.
type encodedFramework struct {
	framework *framework.Framework
	json      []byte
}

// lastEncoded is the one that was asked for last: many documents are asked the same questions.
var lastEncoded atomic.Pointer[encodedFramework]

// encoded returns the framework as JSON. It is not changed any more.
func encoded(fw *framework.Framework) ([]byte, error) {
	if last := lastEncoded.Load(); last != nil && last.framework == fw {
		return last.json, nil
	}
	b, err := json.Marshal(fw)
	if err != nil {
		return nil, err
	}
	b = append(b, '\n')
	lastEncoded.Store(&encodedFramework{fw, b})
	return b, nil
}

// noPrompts are the embedded files that shape no draft.
var noPrompts = map[string]bool{"classify.yaml": true}

// embeddedPrompts returns the SHA-256 of the embedded files. They do not change, and there may be many documents.
var embeddedPrompts = sync.OnceValues(func() ([]byte, error) {
	hash := sha256.New()
	err := fs.WalkDir(prompts.FS, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || noPrompts[path] {
			return err
		}
		data, err := fs.ReadFile(prompts.FS, path)
		fmt.Fprintf(hash, "%s\x00%d\x00%s", path, len(data), data)
		return err
	})
	return hash.Sum(nil), err
})
