package eval

import (
	"math/rand/v2"
	"slices"
)

// rounds is how often the documents are drawn anew for an interval.
const rounds = 1000

// estimate returns a rate over docs with its 95 % interval: the percentile bootstrap of Efron, which draws as many documents
// with replacement, again and again, and looks between which values 95 % of the rates lie. Documents are drawn rather than
// findings, because those of one document stand and fall together. The draws are the same in every run. Of one document alone
// the interval is everything.
func estimate(docs []*Document, kind string, rate func(tally) (float64, bool)) *Estimate {
	var whole tally
	for _, d := range docs {
		whole.add(d.Kinds[kind])
	}
	value, ok := rate(whole)
	if !ok {
		return nil
	}
	if len(docs) == 1 { // one document says nothing of others
		return &Estimate{value, 0, 1}
	}
	random := rand.New(rand.NewPCG(1, uint64(len(docs))))
	var drawn []float64
	for range rounds {
		var t tally
		for range docs {
			t.add(docs[random.IntN(len(docs))].Kinds[kind])
		}
		if v, ok := rate(t); ok {
			drawn = append(drawn, v)
		}
	}
	slices.Sort(drawn)
	if len(drawn) == 0 { // nothing in any draw: one document of many has all of it
		return &Estimate{value, value, value}
	}
	at := func(share float64) float64 { return drawn[min(int(share*float64(len(drawn))), len(drawn)-1)] }
	return &Estimate{Value: value, Low: at(0.025), High: at(0.975)}
}
