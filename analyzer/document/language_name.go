package document

// languageNames are the English names of the languages that are told apart.
var languageNames = map[string]string{
	"ar": "Arabic", "bn": "Bengali", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "fr": "French",
	"he": "Hebrew", "hi": "Hindi", "hy": "Armenian", "it": "Italian", "ja": "Japanese", "ka": "Georgian", "ko": "Korean", "nb": "Norwegian",
	"nl": "Dutch", "pl": "Polish", "pt": "Portuguese", "ru": "Russian", "sv": "Swedish", "ta": "Tamil", "te": "Telugu", "th": "Thai",
	"tr": "Turkish", "uk": "Ukrainian", "zh": "Chinese",
}

// LanguageName returns the English name of a language by its code as in [Document], the code itself where it is not known.
func LanguageName(code string) string {
	if name := languageNames[code]; name != "" {
		return name
	}
	return code
}
