package index

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"whatif/analyzer/framework"
	"whatif/analyzer/record"
	tm "whatif/analyzer/threatmodel"
)

// A maker makes records such as a scan of a company's documents gives. The same seed gives the same records.
type maker struct {
	*rand.Rand
	keys   []string
	names  []string
	drafts []string // names of the documents so far that have a draft
}

var (
	areas    = []string{"payments", "identity", "growth", "marketplace", "support tools", "mobile", "data platform", "hr", "logistics", "partners", "ai", "compliance"}
	products = []string{"refunds", "checkout", "invoices", "sign-in", "profiles", "referrals", "search", "listings", "tickets", "chat", "tracking", "exports", "Über uns", "loyalty", "scheduling"}
	things   = []string{"Gift cards", "Instant payout", "Family sharing", "Passkeys", "Live location", "Bulk export", "Review photos", "Voice notes", "Courier app",
		"Salary bands", "Partner API", "Smart replies", "Account recovery", "Kids mode", "Waitlist", "Price alerts", "Returns portal", "Fraud desk", "Shift swaps", "Customer 360"}
	steps   = []string{"v1", "v2", "MVP", "for teams", "redesign", "phase 2", "pilot", "EU rollout"}
	dangers = []string{"A forwarded %s link opens for anyone", "Support staff read %s out of curiosity", "%s is kept for longer than anybody needs", "An ex-partner follows somebody through %s",
		"A stolen phone opens %s", "%s is sent to a vendor that nobody checked", "Whoever knows a birthday gets %s back", "A script collects %s at scale", "%s can be changed without a trace",
		"An admin gives themselves %s", "Refunds of %s go to another card", "Text in %s steers the assistant"}
	goods = []string{"card numbers", "location", "e-mail addresses", "chat history", "health notes", "salaries", "recordings", "identity documents", "order history", "the children's profiles"}
	data  = []record.Asset{{Name: "email address", Category: "personal", Sensitivity: tm.Medium}, {Name: "card number", Category: "financial", Sensitivity: tm.High},
		{Name: "live location", Category: "location", Sensitivity: tm.High}, {Name: "password", Category: "credential", Sensitivity: tm.High},
		{Name: "health notes", Category: "health", Sensitivity: tm.High}, {Name: "chat messages", Category: "content", Sensitivity: tm.High},
		{Name: "order history", Category: "behavioural", Sensitivity: tm.Medium}, {Name: "device id", Category: "device", Sensitivity: tm.Low},
		{Name: "child's profile", Category: "children", Sensitivity: tm.High}, {Name: "price list", Category: "business", Sensitivity: tm.Low},
		{Name: "fingerprint", Category: "biometric", Sensitivity: tm.High}, {Name: "phone number", Category: "personal", Sensitivity: tm.Medium}}
	sellers = []string{"Stripe", "Twilio", "Segment", "Zendesk", "OpenAI", "Mailchimp", "Datadog", "Salesforce", "Adyen", "Google Maps"}
)

func newMaker(t testing.TB, seed uint64) (*maker, *framework.Framework) {
	f, err := framework.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	m := &maker{Rand: rand.New(rand.NewPCG(seed, 1))}
	for _, q := range f.Questions {
		m.keys = append(m.keys, q.Key)
	}
	return m, f
}

func pick[T any](m *maker, from []T) T { return from[m.IntN(len(from))] }

// records makes n records in order of their names.
func (m *maker) records(n int) []*record.Record {
	all := make([]*record.Record, 0, n)
	m.each(n, func(r *record.Record) { all = append(all, r) })
	return all
}

// each makes n records, one after the other.
func (m *maker) each(n int, add func(*record.Record)) {
	for len(m.names) < n {
		name := fmt.Sprintf("product/%s/%s/%d/%s %s %d.%s", pick(m, areas), pick(m, products), 2019+m.IntN(7), strings.ToLower(pick(m, things)), pick(m, steps),
			len(m.names), pick(m, []string{"md", "docx", "pdf", "html"}))
		m.names = append(m.names, name)
	}
	slices.Sort(m.names)
	for i, name := range m.names {
		add(m.record(i, name))
	}
}

func (m *maker) record(i int, name string) *record.Record {
	title := strings.TrimSuffix(name[strings.LastIndexByte(name, '/')+1:], ".md")
	r := &record.Record{Name: name, Path: "docs/" + name, SHA256: fmt.Sprintf("%064x", i), Bytes: int64(9000 + m.IntN(90000)), State: record.Done, Format: "md",
		Language: "en", Sentences: 40 + m.IntN(200), Likeness: 0.5 + m.Float64()/2}
	switch p := m.IntN(100); {
	case p < 3 && len(m.drafts) > 0:
		r.State, r.Of = record.Copy, pick(m, m.drafts)
		return r
	case p < 8:
		r.State, r.Reason, r.Detail = record.LeftOut, pick(m, []string{"readme", "too_large", "minutes", "not_english"}), "it does not read like a requirements document"
		return r
	case p < 9:
		r.State, r.Reason, r.Detail = record.Failed, pick(m, []string{"damaged", "no_permission", "encrypted"}), "the file ends in the middle of a table"
		return r
	case p < 11:
		r.State, r.Detail = record.Partial, "the limit of cost was reached: 3 of 9 parts were not asked about"
		r.Warnings = []string{"chunk_failed"}
	}
	m.drafts = append(m.drafts, name)
	r.Title = upper(title)
	r.Engine = tm.Engine{Kind: "hybrid", Model: "careful-reader", Framework: "product-manager/1", Requests: 6, CachedRequests: 2, PromptTokens: 9100, CompletionTokens: 2100, CostUSD: 0.0123}
	for _, ending := range []string{"html", "json", "md"} {
		r.Files = append(r.Files, "drafts/"+name+".threatmodel."+ending)
	}
	for n := range m.IntN(21) {
		r.Findings = append(r.Findings, m.finding(name, n))
	}
	for k, key := range m.keys {
		if k < 21 || m.IntN(4) == 0 {
			status := tm.QuestionStatuses[min(2, m.IntN(2+k%5))]
			r.Questions = append(r.Questions, record.Question{Key: key, Status: status, Ask: tm.Asks[m.IntN(len(tm.Asks))], Spare: m.IntN(3) > 0})
		}
	}
	for n := range m.IntN(7) {
		a := data[(n*5+m.IntN(4))%len(data)]
		for range m.IntN(3) {
			a.To = noteWord(a.To, pick(m, sellers))
		}
		r.Assets = append(r.Assets, a)
	}
	return r
}

func noteWord(words []string, w string) []string {
	if slices.Contains(words, w) {
		return words
	}
	words = append(slices.Clone(words), w)
	slices.Sort(words)
	return words
}

func (m *maker) finding(name string, n int) record.Finding {
	k := m.IntN(len(dangers))
	good := pick(m, goods)
	title := fmt.Sprintf(dangers[k], good)
	f := record.Finding{ID: fmt.Sprintf("T-%06x", m.IntN(1<<24)), Rule: fmt.Sprintf("rule-%02d-%s", k, strings.Fields(good)[0]), Category: tm.AbuseCategories[(k*3)%len(tm.AbuseCategories)],
		Question: m.keys[k%len(m.keys)], Title: upper(title), WhatIf: "What if " + title + "?", Requirement: "Ask again before it is opened, and write down who did.",
		Priority: tm.Levels[min(2, m.IntN(5))], Severity: tm.Levels[m.IntN(3)], Likelihood: tm.Levels[m.IntN(3)], Confidence: tm.Medium, Basis: tm.Stated, Origin: tm.FromRules,
		Regions: []record.Region{{Section: "3 Sharing", Quote: "Anyone with the link can open " + good + " without signing in, until it is deleted.", StartLine: 10 + n, EndLine: 10 + n}}}
	if m.IntN(4) == 0 {
		f.Rule, f.Origin = "", tm.FromLLM
	}
	f.Fingerprint = record.Fingerprint(name, f.ID)
	return f
}

// options are those of a scan in which every 17th document is nearly the same as the next.
func (m *maker) options(f *framework.Framework) Options {
	at := map[string]int{}
	for i, n := range m.names {
		at[n] = i
	}
	return Options{Title: "Product documents", Version: "1.2.0", GeneratedAt: "2026-01-31T12:00:00Z", Framework: f,
		LeftOut: []LeftCount{{"not a document: png", 812}, {"not a document: fig", 90}, {"excluded: archive/", 1204}},
		Near: func(name string) []Like {
			if i := at[name]; i%17 == 5 && i+1 < len(m.names) {
				return []Like{{m.names[i+1], 0.94}}
			}
			return nil
		}}
}

// built returns an index of n records.
func built(t testing.TB, n int) *Index {
	m, f := newMaker(t, 7)
	all := m.records(n)
	x := New(m.options(f))
	for _, r := range all {
		x.Add(r)
	}
	return x
}
