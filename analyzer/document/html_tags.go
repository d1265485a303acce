package document

import "golang.org/x/net/html/atom"

func tagSet(tags ...atom.Atom) map[atom.Atom]bool {
	set := make(map[atom.Atom]bool, len(tags))
	for _, t := range tags {
		set[t] = true
	}
	return set
}

var (
	voidTags = tagSet(atom.Area, atom.Base, atom.Br, atom.Col, atom.Embed, atom.Hr, atom.Img, atom.Input, atom.Link,
		atom.Meta, atom.Param, atom.Source, atom.Track, atom.Wbr, atom.Keygen, atom.Frame)

	// formattingTags are often left open by hand-written pages, with no harm to what is read.
	formattingTags = tagSet(atom.A, atom.B, atom.Big, atom.Code, atom.Em, atom.Font, atom.I, atom.Nobr, atom.S, atom.Small,
		atom.Strike, atom.Strong, atom.Tt, atom.U)

	unescapedText = tagSet(atom.Script, atom.Style, atom.Iframe, atom.Noembed, atom.Noframes, atom.Xmp, atom.Plaintext)

	tableTags = tagSet(atom.Table, atom.Thead, atom.Tbody, atom.Tfoot, atom.Tr, atom.Td, atom.Th, atom.Caption)

	closesParagraph = tagSet(atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Center, atom.Details, atom.Dd,
		atom.Dir, atom.Div, atom.Dl, atom.Dt, atom.Fieldset, atom.Figcaption, atom.Figure, atom.Footer, atom.Form, atom.H1,
		atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.Header, atom.Hr, atom.Li, atom.Main, atom.Menu, atom.Nav, atom.Ol,
		atom.P, atom.Pre, atom.Section, atom.Summary, atom.Table, atom.Ul, atom.Xmp, atom.Listing)

	// inlineTags stand within a line; everything else sets its text off.
	inlineTags = tagSet(atom.A, atom.Abbr, atom.Acronym, atom.B, atom.Bdi, atom.Bdo, atom.Big, atom.Cite, atom.Code,
		atom.Data, atom.Del, atom.Dfn, atom.Em, atom.Font, atom.I, atom.Ins, atom.Kbd, atom.Label, atom.Mark, atom.Nobr,
		atom.Output, atom.Q, atom.Rb, atom.Rt, atom.Rtc, atom.Ruby, atom.S, atom.Samp, atom.Small, atom.Span, atom.Strike,
		atom.Strong, atom.Sub, atom.Sup, atom.Time, atom.Tt, atom.U, atom.Var, atom.Wbr)

	// droppedTags hold nothing that a reader of the page reads as its text.
	droppedTags = tagSet(atom.Head, atom.Script, atom.Style, atom.Template, atom.Noscript, atom.Nav, atom.Iframe,
		atom.Object, atom.Embed, atom.Audio, atom.Video, atom.Canvas, atom.Map, atom.Button, atom.Select, atom.Datalist,
		atom.Textarea, atom.Meter, atom.Progress, atom.Noembed, atom.Noframes, atom.Title, atom.Desc, atom.Rp, atom.Dialog)

	strikeTags = tagSet(atom.Del, atom.S, atom.Strike)

	boldTags = tagSet(atom.B, atom.Strong)
)

// droppedNames are elements of wiki storage formats with machine text inside.
var droppedNames = map[string]bool{
	"ac:task-id": true, "ac:task-uuid": true, "ac:task-status": true, "ac:placeholder": true, "ac:emoticon": true,
	"defs": true, "metadata": true, "lineargradient": true, "ac:adf-attribute": true, "ac:adf-fallback": true,
}

// droppedMacros are wiki macros that make navigation.
var droppedMacros = map[string]bool{"toc": true, "children": true, "pagetree": true, "anchor": true, "toc-zone": false}

// droppedClasses and droppedIDs name the chrome of wiki exports and common site generators.
var (
	droppedClasses = map[string]bool{
		"breadcrumb": true, "breadcrumbs": true, "page-metadata": true, "toc": true, "toc-macro": true, "navbar": true,
		"sidebar": true, "skip-link": true, "table-of-contents": true, "site-header": true, "site-footer": true,
		"cookie-banner": true, "mw-editsection": true, "headerlink": true, "anchor-link": true,
	}
	droppedIDs = map[string]bool{
		"breadcrumb-section": true, "breadcrumbs": true, "footer": true, "toc": true, "navigation": true, "sidebar": true,
		"mw-navigation": true, "table-of-contents": true, "mw-head": true, "mw-panel": true,
	}
	droppedRoles = map[string]bool{"navigation": true, "search": true, "menu": true, "menubar": true, "toolbar": true}
)
