/*
Whatif reads a product requirements document (PRD), asks it plain questions about what could go wrong, and writes a draft
threat model in which every line shows the sentence it came from.

	whatif analyze prd.md                                 print the draft as Markdown
	whatif analyze prd.docx -o report.html                the page to review it with
	whatif analyze prd.pdf -o draft.md -o draft.json      by the ending, repeatable
	whatif analyze docs/*.md -o reports/ --format html    one report for each document
	whatif analyze - < prd.md                             from standard input

It runs on the machine it is started on. Nothing leaves that machine unless a model is set up:

	whatif analyze prd.md --dry-run                       what a model would be sent, to the byte
	whatif analyze prd.md --provider ollama --model NAME  the built-in engine and a model, hand in hand

# Commands

	analyze FILE…      write the draft threat model of each document
	review FILE…|DIR…  decide about findings and answer questions on a page beside the document; saved in NAME.whatif.yaml
	scan DIR…          write a draft for each requirements document in a folder, and one index; goes on where it was
	worker             take documents of scans on other machines from a queue; scan DIR… --queue URL puts them there
	watch DIR…         keep the drafts of a folder up to date while its documents are edited
	check PATH…        fail a build on new findings; --fail-on, --require, --baseline, -o whatif.sarif
	baseline PATH…     write down the findings of today, which check then passes
	decisions          lint PATH… and merge: files of decisions looked through, and merged by git
	diff OLD NEW       tell which risks an edit closed, opened and changed; --git A..B [PATH…], --brief
	render DRAFT.json  write reports from a saved draft again
	export DRAFT.json  hand the draft on: OTM, Threat Dragon, Threat Composer, trackers, Word, diagrams; --list
	questions          list the questions that are asked; --explain KEY, --pack KEY
	rules              list, explain KEY and test FILE: the built-in engine's what-if rules and your own
	eval [DIR]         measure drafts against labels made by people; --show missed,extra, --compare OLD.json
	template           write a blank threat model to fill in
	models             list the models that can be asked; --providers
	doctor             try the model that is set, and tell what works
	prompts            list, show NAME and eject DIR: what is said to a model
	cache              info and clear: the replies that are kept
	text FILE          print a document as it is read; --sentences numbers its sentences
	config             show each setting and where it came from
	schema             print the JSON Schema of a draft
	version            print the version
	completion SHELL   print a completion script for bash, zsh, fish or powershell
	help TOPIC         formats, exports, evidence, rule-files, labels, settings, model, privacy, scaling,
	                   ignore-files, decisions, exit-codes

"whatif COMMAND --help" shows a command's flags and examples.

# Documents

Markdown, plain text, HTML, DOCX and PDF; "-" is standard input. A file's ending and its first bytes decide what it is. Files
that are too large, nested too deeply or take too long are refused with the name of the limit: --max-bytes, --max-extracted,
--max-nesting, --max-time.

# Reports

Without -o the draft goes to standard output, in the format that --format names. -o FILE writes a report in the format of its
ending: .md, .html, .json, .mmd, .svg. -o DIR/ writes one report for each document into a directory. A report is written whole or
not at all, and never over a document. Messages and a summary go to standard error.

# Folders

"whatif scan" writes a draft for each document in a folder that reads like requirements, in an output folder (-o, whatif-scan) with
index.html, index.md, index.json, findings.csv and whatif.sarif over all. Killed at any moment, it goes on where it was: a document
is done again only when its bytes or the settings changed, or its draft is gone. --include, --exclude, .gitignore and
.whatifignore, --since REVISION and --files-from LIST say what is looked at, --all and --min-likeness what is analysed. --batch asks a
model through its provider's Batch API. "whatif help ignore-files" tells more.

# Models

--engine is rules (built in), llm (a model), hybrid (both) or auto: hybrid when a model is set, else rules. A model is set by --model
with --provider or --base-url, in the environment (WHATIF_MODEL, WHATIF_PROVIDER, WHATIF_BASE_URL) or in the user's file; OPENAI_MODEL
and OPENAI_BASE_URL count where nothing else is set. The key comes from WHATIF_API_KEY, the provider's own variable or
--api-key-cmd. --max-cost, --max-requests and --max-tokens bound a run; --redact, --redact-names and --redact-pattern send placeholders
for what they name. Replies are kept, so that nothing is paid for twice. "whatif help model" and "whatif help privacy" tell more.

# Settings

Flags come before WHATIF_* variables, before .whatif.yaml in the project, before whatif/config.yaml in the user's directory for
settings, before defaults. A project's file is not trusted: it may lower limits and not raise them, name its own
questions and rules, and not say where reports go or which model is asked. SOURCE_DATE_EPOCH sets the time that is written into drafts, so that two runs give the same bytes.

# Exit codes

	0  done
	1  findings fail the check
	2  usage or bad input: nothing was done
	3  partly done: a document or a report failed, or the run was interrupted; stderr says what is missing
	4  the model or the network failed
*/
package main
