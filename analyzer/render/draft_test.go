package render

import (
	"context"
	"os"
	"strings"
	"testing"

	"whatif/analyzer/document"
	tm "whatif/analyzer/threatmodel"
)

const prd = "testdata/workspace-export.md"

// parsed reads the PRD that the sample draft is about.
func parsed(t testing.TB) *document.Document {
	t.Helper()
	raw, err := os.ReadFile(prd)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := document.Parse(context.Background(), raw, document.Options{Path: "docs/workspace-export.md", Format: document.Markdown})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// A citer makes citations from words that stand in a document.
type citer struct {
	t   testing.TB
	doc *document.Document
}

// at cites the sentences that hold each of the words.
func (c citer) at(words ...string) []tm.Citation {
	c.t.Helper()
	var out []tm.Citation
	for _, w := range words {
		out = append(out, c.one(w))
	}
	return out
}

func (c citer) one(words string) tm.Citation {
	c.t.Helper()
	for i := range c.doc.Sentences {
		s := &c.doc.Sentences[i]
		if !strings.Contains(s.Text, words) {
			continue
		}
		first, last := c.doc.LinesOf(s.Span)
		return tm.Citation{Section: c.doc.Sections[s.Section].Title, Sentence: s.Num, Quote: c.doc.Quote(s), Start: s.Span.Start, End: s.Span.End,
			LineStart: first, LineEnd: last, Page: s.Page, Match: tm.Exact}
	}
	c.t.Fatalf("no sentence of the sample holds %q", words)
	return tm.Citation{}
}

// sample is a draft with something in every field, its citations taken from the parsed document.
func sample(t testing.TB) (*tm.Draft, *document.Document) {
	t.Helper()
	doc := parsed(t)
	c := citer{t, doc}
	d := &tm.Draft{SchemaVersion: tm.SchemaVersion, Tool: tm.Tool{Name: "whatif", Version: "1.0.0"}, GeneratedAt: "2026-01-31T12:00:00Z",
		Document: tm.Document{Path: doc.Path, Title: "Workspace export", Format: "md", Encoding: "utf-8", SHA256: strings.Repeat("9f3c", 16),
			Bytes: doc.Bytes, Lines: doc.Lines(), Sentences: len(doc.Sentences), Language: "en"},
		Engine: tm.Engine{Kind: "hybrid", Model: "gpt-5-mini", Framework: "product-manager/1", Requests: 6, CachedRequests: 2, PromptTokens: 9100,
			CachedTokens: 6144, CompletionTokens: 2100, CostUSD: 0.0123}}
	sampleFacts(c, d)
	sampleCases(c, d)
	sampleRest(c, d)
	return d, doc
}

func sampleFacts(c citer, d *tm.Draft) {
	d.Assets = []tm.Asset{
		{ID: "A-mail", Name: "email address", Aliases: []string{"email"}, Category: "personal", Sensitivity: tm.Medium, States: []string{"exported", "sent"}, Basis: tm.Stated, Origin: tm.FromRules, Citations: c.at("names and email addresses", "SendGrid")},
		{ID: "A-dob", Name: "date of birth", Category: "personal", Sensitivity: tm.High, States: []string{"exported"}, Regulations: []string{"GDPR Art. 5"}, Basis: tm.Stated, Origin: tm.FromBoth, Citations: c.at("date of birth")},
		{ID: "A-card", Name: "card number (last four digits)", Aliases: []string{"card number"}, Category: "financial", Sensitivity: tm.High, States: []string{"exported"}, Regulations: []string{"PCI DSS 3.4"}, Basis: tm.Stated, Origin: tm.FromRules, Citations: c.at("card number")},
		{ID: "A-comments", Name: "private comments", Category: "content", Sensitivity: tm.High, States: []string{"stored", "exported"}, Basis: tm.Stated, Origin: tm.FromRules, Citations: c.at("private ones too")},
		{ID: "A-link", Name: "download link", Category: "credential", Sensitivity: tm.High, States: []string{"sent", "shown"}, Basis: tm.Inferred, Origin: tm.FromRules, Citations: c.at("The download link")},
		{ID: "A-code", Name: "SMS code", Category: "credential", Sensitivity: tm.High, States: []string{"sent"}, Basis: tm.Stated, Origin: tm.FromRules, Citations: c.at("six-digit code")},
	}
	d.Actors = []tm.Actor{
		{ID: "P-admin", Name: "workspace admin", Aliases: []string{"admin"}, Kind: "user", Privileges: []tm.Privilege{{Text: "start an export", Citations: c.at("Workspace admin |")}, {Text: "download the archive", Citations: c.at("Workspace admin |")}}, Basis: tm.Stated, Origin: tm.FromRules, Citations: c.at("Workspace admin |")},
		{ID: "P-member", Name: "member", Kind: "user", Privileges: []tm.Privilege{{Text: "download, if an admin shares the link", Citations: c.at("Member |")}}, Basis: tm.Stated, Origin: tm.FromRules, Citations: c.at("Member |")},
		{ID: "P-anyone", Name: "anyone with the link", Kind: "anonymous", Basis: tm.Stated, Origin: tm.FromRules, Citations: c.at("Anyone with the link")},
		{ID: "P-support", Name: "support agent", Kind: "staff", Privileges: []tm.Privilege{{Text: "start an export for any workspace", Citations: c.at("from the back office")}}, Basis: tm.Stated, Origin: tm.FromRules, Citations: c.at("from the back office")},
	}
	d.Dependencies = []tm.Dependency{
		{ID: "D-twilio", Name: "Twilio", Kind: "vendor", Role: "sends SMS codes", IfItFails: "Admins can't confirm an export.", IfCompromised: "Codes can be read or kept back.", Basis: tm.Stated, Origin: tm.FromRules, Citations: c.at("Twilio")},
		{ID: "D-s3", Name: "Amazon S3", Aliases: []string{"S3"}, Kind: "platform", Role: "keeps the archives", IfItFails: "Exports don't finish.", IfCompromised: "Every archive that was not deleted is out.", Basis: tm.Stated, Origin: tm.FromBoth, Citations: c.at("Amazon S3")},
		{ID: "D-sendgrid", Name: "SendGrid", Kind: "vendor", Role: "sends the email with the link", Basis: tm.Stated, Origin: tm.FromRules, Citations: c.at("SendGrid")},
		{ID: "D-slack", Name: "Slack", Kind: "vendor", Role: "shows the link in a channel", Basis: tm.Stated, Origin: tm.FromLLM, Citations: c.at("Slack")},
		{ID: "D-log", Name: "audit log", Kind: "internal", Role: "keeps who exported what", Basis: tm.Stated, Origin: tm.FromRules, Citations: c.at("audit log")},
		{ID: "D-sso", Name: "single sign-on", Kind: "internal", Role: "signs admins in", Basis: tm.Inferred, Origin: tm.FromLLM, Citations: c.at("The admin opens Settings")},
	}
	flow := func(id, from, to, action string, cite string, basis tm.Basis, data ...string) tm.DataFlow {
		return tm.DataFlow{ID: id, Source: from, Destination: to, Action: action, Data: data, CrossesBoundary: true, Basis: basis, Origin: tm.FromRules, Citations: c.at(cite)}
	}
	d.DataFlows = []tm.DataFlow{
		flow("F-1", "workspace admin", "the product", "types in", "six-digit code", tm.Stated, "A-code"),
		flow("F-2", "the product", "Twilio", "sends", "Twilio", tm.Stated, "A-code"),
		flow("F-3", "the product", "Amazon S3", "stores", "Amazon S3", tm.Stated, "A-mail", "A-dob", "A-card", "A-comments"),
		flow("F-4", "the product", "SendGrid", "passes", "SendGrid", tm.Stated, "A-mail", "A-link"),
		flow("F-5", "the product", "Slack", "posts", "Slack", tm.Stated, "A-link"),
		flow("F-6", "Amazon S3", "anyone with the link", "gives", "Anyone with the link", tm.Inferred, "A-mail", "A-dob", "A-comments"),
		flow("F-7", "workspace admin", "member", "shares", "Member |", tm.Stated, "A-link"),
		flow("F-8", "the product", "audit log", "writes", "audit log", tm.Stated),
		flow("F-9", "support agent", "the product", "starts", "from the back office", tm.Stated),
		flow("F-10", "SendGrid", "workspace admin", "sends", "gets an email", tm.Stated, "A-link"),
	}
	d.Safeguards = []tm.Safeguard{
		{ID: "S-expiry", Text: "Links expire after 7 days.", Kind: "link expiry", Protects: []string{"A-link"}, Basis: tm.Stated, Citations: c.at("Links expire")},
		{ID: "S-code", Text: "A six-digit code is asked for before an export starts.", Kind: "second factor", Basis: tm.Stated, Citations: c.at("six-digit code")},
		{ID: "S-tls", Text: "All downloads use TLS.", Kind: "encryption in transit", Basis: tm.Stated, Citations: c.at("TLS")},
		{ID: "S-log", Text: "Each export is written to the audit log.", Kind: "audit trail", Basis: tm.Stated, Citations: c.at("audit log")},
	}
}
