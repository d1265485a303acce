/*
Whatif reads a product requirements document (PRD), asks it plain questions about what could go wrong, and writes a draft
threat model in which every line shows the sentence it came from.

	whatif analyze prd.md                                 print the draft as Markdown
	whatif analyze prd.docx -o report.html                the page to review it with
	whatif analyze prd.pdf -o draft.md -o draft.json      by the ending, repeatable
	whatif analyze docs/*.md -o reports/ --format html    one report for each document
	whatif analyze - < prd.md                             from standard input

It runs on the machine it is started on and sends nothing anywhere.

# Commands

	analyze FILE…      write the draft threat model of each document
	render DRAFT.json  write reports from a saved draft again
	questions          list the questions that are asked; --explain KEY, --pack KEY
	rules              list, explain KEY and test FILE: the built-in engine's what-if rules and your own
	eval [DIR]         measure drafts against labels made by people; --show missed,extra, --compare OLD.json
	template           write a blank threat model to fill in
	text FILE          print a document as it is read; --sentences numbers its sentences
	config             show each setting and where it came from
	schema             print the JSON Schema of a draft
	version            print the version
	completion SHELL   print a completion script for bash, zsh, fish or powershell
	help TOPIC         formats, evidence, rule-files, labels, settings, exit-codes, privacy

"whatif COMMAND --help" shows a command's flags and examples.

# Documents

Markdown, plain text, HTML, DOCX and PDF; "-" is standard input. A file's ending and its first bytes decide what it is. Files
that are too large, nested too deeply or take too long are refused with the name of the limit: --max-bytes, --max-extracted,
--max-nesting, --max-time.

# Reports

Without -o the draft goes to standard output, in the format that --format names. -o FILE writes a report in the format of its
ending: .md, .html, .json, .mmd, .svg. -o DIR/ writes one report for each document into a directory. A report is written whole or
not at all, and never over a document. Messages and a summary go to standard error.

# Settings

Flags come before WHATIF_* variables, before .whatif.yaml in the project, before whatif/config.yaml in the user's directory for
settings, before defaults. A project's file is not trusted: it may lower limits and not raise them, name its own
questions and rules, and not say where reports go. SOURCE_DATE_EPOCH sets the time that is written into drafts, so that two runs give the same bytes.

# Exit codes

	0  done
	1  findings fail the check
	2  usage or bad input: nothing was done
	3  partly done: a document or a report failed, or the run was interrupted; stderr says what is missing
	4  the model or the network failed
*/
package main
