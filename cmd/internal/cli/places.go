package cli

import (
	"errors"
	"path/filepath"
	"runtime"
)

// homeDir returns the user's home directory as the environment names it, "" if it does not.
func homeDir(env map[string]string) string {
	if runtime.GOOS == "windows" {
		return env["USERPROFILE"]
	}
	return env["HOME"]
}

// userConfigDir is os.UserConfigDir for a given environment.
func userConfigDir(env map[string]string) (string, error) {
	home := homeDir(env)
	switch {
	case runtime.GOOS == "windows" && env["APPDATA"] != "":
		return env["APPDATA"], nil
	case home == "":
		return "", errors.New("the environment names no home directory")
	case runtime.GOOS == "darwin":
		return filepath.Join(home, "Library", "Application Support"), nil
	}
	return filepath.Join(home, ".config"), nil
}
