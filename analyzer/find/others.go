package find

import (
	"os"
	"strings"
)

// A foreign folder holds other people's code, or what a build made: documents in it are not about this product.
type foreign struct {
	name   string
	beside []string // one of these must stand beside it, so that a folder of one's own is not taken for one; none: the name is enough
	inside string   // this must stand in it
	why    string
}

// foreigners are the folders that are left out unless Options.Hidden. Names that people give to folders of documents too ("vendor" is a
// fine place for papers on vendors) need something that gives them away.
var foreigners = []foreign{
	{name: "node_modules", why: "packages of npm"},
	{name: "bower_components", why: "packages of Bower"},
	{name: "site-packages", why: "packages of Python"},
	{name: "__pycache__", why: "compiled Python"},
	{name: "venv", inside: "pyvenv.cfg", why: "an environment of Python"},
	{name: "env", inside: "pyvenv.cfg", why: "an environment of Python"},
	{name: "vendor", beside: []string{"go.mod", "composer.json", "Gemfile", "Cargo.toml", "package.json"}, why: "packages of others, copied"},
	{name: "Pods", beside: []string{"Podfile"}, why: "packages of CocoaPods"},
	{name: "target", beside: []string{"Cargo.toml", "pom.xml", "build.sbt"}, why: "what a build made"},
	{name: "build", beside: []string{"build.gradle", "build.gradle.kts", "CMakeLists.txt", "setup.py"}, why: "what a build made"},
	{name: "dist", beside: []string{"package.json", "setup.py", "pyproject.toml"}, why: "what a build made"},
}

// isForeign reports whether the folder with the name in dir is foreign, and why.
func isForeign(dir *os.Root, name string) (why string, yes bool) {
	for _, f := range foreigners {
		if f.name == name && f.shows(dir) {
			return f.why, true
		}
	}
	return "", false
}

func (f foreign) shows(dir *os.Root) bool {
	if f.inside != "" {
		return has(dir, f.name+"/"+f.inside)
	}
	for _, name := range f.beside {
		if has(dir, name) {
			return true
		}
	}
	return len(f.beside) == 0
}

func has(dir *os.Root, name string) bool {
	_, err := dir.Lstat(name)
	return err == nil
}

// repositories are folders in which version control keeps what is its own. They are never entered.
var repositories = map[string]bool{".git": true, ".hg": true, ".svn": true, ".jj": true}

// isReport reports a name that whatif gives to its reports: NAME.threatmodel.ENDING.
func isReport(name string) bool {
	const mark = ".threatmodel."
	at := strings.LastIndex(name, mark)
	return at >= 0 && len(name) > at+len(mark) && !strings.Contains(name[at+len(mark):], ".")
}

// isOutput reports whether a folder is the output of a scan.
func isOutput(dir *os.Root) bool {
	info, err := dir.Lstat(".whatif/journal")
	return err == nil && info.Mode().IsRegular()
}

// isIndex reports the documents that a scan writes into its output folder, besides drafts.
func isIndex(name string) bool { return name == "index.html" || name == "index.md" }
