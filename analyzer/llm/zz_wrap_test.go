package llm

import (
	"context"
	"encoding/json"

	"whatif/analyzer/llm/caller"
)

type wrap struct{ *asker }

func (w *wrap) Ask(ctx context.Context, q caller.Question) (caller.Answer, error) {
	if q.Pass != passJudge {
		return w.asker.Ask(ctx, q)
	}
	v := w.asker.verdicts(q.Request.User).(map[string]any)["verdicts"].([]map[string]any)
	x, y := claimNo(q.Request.User, "A forwarded"), claimNo(q.Request.User, "Somebody guesses")
	for _, m := range v {
		if x > 0 && y > 0 && m["claim"] == max(x, y) {
			m["same_as"] = min(x, y)
		}
	}
	data, _ := json.Marshal(map[string]any{"verdicts": v})
	if err := q.Accept(string(data)); err != nil {
		return caller.Answer{}, err
	}
	return caller.Answer{Text: string(data)}, nil
}
