package render

import tm "whatif/analyzer/threatmodel"

func sampleCases(c citer, d *tm.Draft) {
	loose := c.one("Support runs a script")
	loose.Match = tm.Fuzzy
	d.AbuseCases = []tm.AbuseCase{
		{ID: "T-81d2", Title: "A forwarded export link opens for anyone", Category: "data_exposure", Question: "flow.recipient",
			WhatIf:      "What if the link is forwarded to somebody outside the workspace?",
			WhoBenefits: "A former employee, a competitor, or anybody whom the email reaches by mistake.", AttackerGain: "Everything the workspace holds, in one file, without signing in.",
			Consequences: tm.Consequences{Users: "Private comments and dates of birth of all members are out for good.", Business: "A breach that must be reported within 72 hours; the Team plan loses its selling point.", Reputation: "“They emailed out our whole workspace” is a headline that sticks."},
			Likelihood:   tm.High, Severity: tm.High, Priority: tm.High, PriorityReason: "Highly sensitive data, reachable by anyone who has the link, and no sign-in in the way; expiry limits it to 7 days",
			Assets: []string{"A-dob", "A-comments", "A-mail"}, DataFlows: []string{"F-6"}, Safeguards: []string{"S-expiry", "S-tls"}, Steps: []string{"J-5"},
			Absences:     []tm.Absence{{What: "sign-in before the link opens", Searched: []string{"sign in", "log in", "authenticate", "password"}}, {What: "a way to take a link back", Searched: []string{"revoke", "withdraw", "disable"}, Hits: c.at("until somebody deletes them")}},
			Requirements: []tm.Requirement{{Text: "The download link opens only for a signed-in admin of the workspace.", Acceptance: []string{"Given a link, when somebody who is not signed in opens it, then they are asked to sign in and see nothing of the archive.", "Given a link, when a signed-in person who is no admin of the workspace opens it, then they are refused and the try is logged."}}},
			Tags:         tm.Tags{STRIDE: []string{"information_disclosure"}, LINDDUN: []string{"data_disclosure"}, Regulations: []string{"GDPR Art. 32"}},
			Confidence:   tm.High, Basis: tm.Absent, Origin: tm.FromBoth, Rule: "share-link-open", Citations: c.at("Anyone with the link", "The download link"), Review: tm.Review{State: tm.StateDraft}},
		{ID: "T-2c07", Title: "A support agent exports a customer’s workspace out of curiosity", Category: "insider_misuse", Question: "actors.privileges",
			WhatIf:      "What if a support agent starts an export for a workspace that nobody asked about?",
			WhoBenefits: "A curious or bribed employee; whoever has taken over an agent’s account.", AttackerGain: "Any customer’s data, chosen at will.",
			Consequences: tm.Consequences{Users: "Their data is read by somebody who has no reason to.", Business: "Contracts with larger customers forbid it.", Reputation: "Customers stop believing that support is on their side."},
			Likelihood:   tm.Medium, Severity: tm.High, Priority: tm.High, PriorityReason: "All workspaces are in reach of every agent; a log exists, but nobody is said to read it",
			Assets: []string{"A-comments"}, Safeguards: []string{"S-log"}, Absences: []tm.Absence{{What: "the customer’s consent", Searched: []string{"consent", "approve", "permission", "ticket"}}},
			Requirements: []tm.Requirement{{Text: "A support agent can start an export only with the admin’s confirmation.", Acceptance: []string{"Given a request by an agent, when the admin has not confirmed it, then no export runs."}}},
			Tags:         tm.Tags{STRIDE: []string{"elevation_of_privilege"}}, Confidence: tm.Medium, Basis: tm.Inferred, Origin: tm.FromRules, Citations: c.at("from the back office", "Support agent |")},
		{ID: "T-90aa", Title: "Somebody with a stolen admin session takes everything in one go", Category: "account_takeover", Question: "actors.identity",
			WhatIf: "What if the person at the keyboard is not the admin?", WhoBenefits: "Whoever finds an open laptop or buys a stolen session.", AttackerGain: "A full copy of the workspace.",
			Likelihood: tm.Medium, Severity: tm.High, Priority: tm.Medium, PriorityReason: "A code by SMS stands in the way; SIM swaps get round it", Steps: []string{"J-3"}, Assets: []string{"A-code"}, Safeguards: []string{"S-code"},
			Requirements: []tm.Requirement{{Text: "All admins are told when an export starts.", Acceptance: []string{"Given two admins, when one starts an export, then the other gets an email within a minute."}}},
			Confidence:   tm.Medium, Basis: tm.Inferred, Origin: tm.FromLLM, Citations: c.at("six-digit code"), Review: tm.Review{State: tm.StateAccepted, By: "m.okafor", At: "2026-02-02T09:00:00Z", Note: "In the backlog as EXP-41."}},
		{ID: "T-44f1", Title: "Archives pile up in storage for ever", Category: "compliance", Question: "data.retention", WhatIf: "What if nobody ever deletes the archive?",
			Consequences: tm.Consequences{Users: "Data of members who left long ago is still there to be stolen.", Business: "Deletion requests are not met."},
			Likelihood:   tm.High, Severity: tm.Medium, Priority: tm.Medium, PriorityReason: "The text says that archives stay until somebody deletes them", Absences: []tm.Absence{{What: "a time after which archives are removed", Searched: []string{"retention", "days", "purge"}, Hits: c.at("Links expire")}},
			Tags: tm.Tags{Regulations: []string{"GDPR Art. 5(1)(e)"}}, Confidence: tm.High, Basis: tm.Stated, Origin: tm.FromRules, Citations: c.at("Amazon S3")},
		{ID: "T-0b1e", Title: "The archive goes to the wrong customer again", Category: "data_exposure", Question: "flow.recipient", WhatIf: "What if the address that the link goes to is out of date?",
			Likelihood: tm.Low, Severity: tm.Medium, Priority: tm.Low, PriorityReason: "It happened once by hand; the new flow sends to the admin who asked", Confidence: tm.Low, Basis: tm.Inferred, Origin: tm.FromLLM, Citations: []tm.Citation{loose, c.one("went to the wrong customer")}},
	}
}

func sampleRest(c citer, d *tm.Draft) {
	step := func(id string, n int, text, cite string, whatIfs, cases []string) tm.Step {
		return tm.Step{ID: id, Step: n, Journey: "3.1 Starting it", Actor: "admin", Text: text, WhatIfs: whatIfs, AbuseCases: cases, Basis: tm.Stated, Citations: c.at(cite)}
	}
	d.Journey = []tm.Step{
		step("J-1", 1, "opens Settings and chooses “Export workspace”", "The admin opens Settings", nil, nil),
		step("J-2", 2, "picks what to include", "The admin picks", []string{"What if more is included than was picked?"}, nil),
		step("J-3", 3, "types in a code sent by SMS", "six-digit code", []string{"What if it is somebody else?", "What if the code never comes?"}, []string{"T-90aa"}),
		step("J-4", 4, "waits for up to four hours", "runs in the background", []string{"What if it is started a hundred times?"}, nil),
		step("J-5", 5, "gets an email with the download link", "gets an email", []string{"What if the mailbox is shared?"}, []string{"T-81d2", "T-0b1e"}),
	}
	d.Questions = []tm.Question{
		{ID: "Q-1", Question: "data.retention", Text: "How long is it kept, and how is it removed?", Why: "Archives hold everything the workspace ever held", Ask: tm.AskPM, Status: tm.Partly, Answer: "links expire after 7 days; archives stay", ProposedAnswer: "Delete the archive when its link expires.", Citations: c.at("Links expire", "Amazon S3")},
		{ID: "Q-2", Question: "actors.recovery", Text: "How does an admin who lost their phone confirm an export?", Ask: tm.AskPM, Status: tm.Unanswered, Searched: []string{"lost", "recover"}},
		{ID: "Q-3", Question: "flow.integrity", Text: "Is the archive checked for changes between storage and download?", Ask: tm.AskAppSec, Status: tm.Unanswered, ProposedAnswer: "Sign the archive and show its checksum"},
		{ID: "Q-4", Question: "data.collected", Text: "Which data does this feature collect, keep, process or show?", Ask: tm.AskPM, Status: tm.Answered, Answer: "members, comments, files, billing contact", Citations: c.at("names and email addresses")},
	}
	d.Coverage = tm.Coverage{Sentences: len(c.doc.Sentences), SentencesCited: 21, Questions: tm.QuestionCoverage{Answered: 9, Partly: 4, Unanswered: 8}, Sections: []tm.SectionCoverage{
		{Section: "1 Why we are doing this", Sentences: 4, Citations: 2, AbuseCases: 1}, {Section: "3.1 Starting it", Sentences: 6, Citations: 5, AbuseCases: 2},
		{Section: "3.2 Sharing", Sentences: 9, Citations: 8, AbuseCases: 1}, {Section: "3.3 Where it goes", Sentences: 5, Citations: 3, AbuseCases: 1}}}
	d.Dropped = []tm.Dropped{
		{Kind: "abuse_case", Text: "Passwords are stored in plain text", Reason: tm.Unsupported, Detail: "the cited sentence does not speak of passwords", Cited: c.at("TLS")},
		{Kind: "abuse_case", Text: "Downloads can be read on the way", Reason: tm.Safeguarded, Detail: "all downloads use TLS", Cited: c.at("TLS")},
	}
	d.Warnings = []tm.Warning{{Code: "hidden_text", Message: "the file holds text that readers do not see; it was not taken as a requirement", Section: "3.3 Where it goes"}}
}
